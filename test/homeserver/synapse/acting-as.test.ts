import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createSynapseHttp } from '../../../src/homeserver/synapse/http.ts';
import { createNeverList } from '../../../src/homeserver/synapse/never-list.ts';
import { createHttp, type HttpRequest } from '../../../src/http.ts';
import { type Scripted, type ScriptedOutcome, startScripted } from '../scripted.ts';

const bot = '@castellan:example.org';
const roomId = '!AdminRoom:example.org';
const alias = '#admins:example.org';
const alice = '@alice:example.org';
const [b, r, a, u] = [bot, roomId, alias, alice].map(encodeURIComponent) as [string, string, string, string];

const A = '/_synapse/admin';
const C = '/_matrix/client/v3';
const never = createNeverList({ botId: bot, adminRoomNames: () => [roomId, alias], adminPath: A });
const bytes = (text: string) => new TextEncoder().encode(text);

type Row = [method: HttpRequest['method'], path: string, body?: unknown];
const as = ([method, path, body]: Row, userId = alice): HttpRequest => ({
  method,
  path,
  ...(body === undefined ? {} : { body }),
  actingAs: { userId, token: 'a-token-of-a-puppet' },
});

describe('a request with another account’s token', () => {
  test.each<Row>([
    ['POST', `${C}/logout`, {}],
    ['POST', `${C}/rooms/!other/leave`, {}],
    ['PUT', `${C}/rooms/!other/state/m.room.power_levels/`, { users: { [bot]: 100 } }],
    ['PUT', `${C}/rooms/!other/state/m.room.member/${b}`, { membership: 'invite' }],
    ['PUT', `${C}/rooms/!other/redact/%24event/txn`, {}],
    ['PUT', `${C}/rooms/${r}/redact/%24event/txn`, { reason: 'x' }],
    ['POST', `${C}/rooms/!other/kick`, { user_id: '@bob:example.org' }],
    ['PUT', `${C}/user/${u}/rooms/!other/tags/u.work`, {}],
    ['DELETE', `${C}/user/${u}/rooms/${r}/tags/u.work`],
  ])('%s %s %j passes', (...row) => expect(() => never.check(as(row))).not.toThrow());

  test.each<Row>([
    ['POST', `${C}/rooms/!other/kick`, { user_id: bot }],
    ['POST', `${C}/rooms/!other/ban`, { user_id: bot }],
    ['POST', `${C}/rooms/!other/ban`, { user_id: bot.toUpperCase() }],
    ['POST', `${C}/rooms/!other/ban`, bytes('{')],
    ['PUT', `${C}/rooms/!other/state/m.room.member/${b}`, { membership: 'leave' }],
    ['PUT', `${C}/rooms/!other/state/m.room.member/${b}`, { membership: 'ban' }],
    ['PUT', `${C}/rooms/!other/state/m.room.member/${b}/`, bytes('{')],
    ['POST', `${C}/rooms/${r}/leave`, {}],
    ['POST', `${C}/rooms/${r}/kick`, { user_id: '@bob:example.org' }],
    ['POST', `${C}/rooms/${r}/invite`, { user_id: '@bob:example.org' }],
    ['POST', `${C}/rooms/${r}/join`, {}],
    ['POST', `${C}/join/${r}`, {}],
    ['POST', `${C}/join/${a}`, {}],
    ['PUT', `${C}/rooms/${r}/send/m.room.message/txn`, { msgtype: 'm.text', body: '!admin server version' }],
    ['PUT', `${C}/rooms/${r}/send/m.reaction/txn`, { 'm.relates_to': { key: '✅' } }],
    ['PUT', `${C}/rooms/${r}/state/m.room.power_levels/`, {}],
    ['PUT', `${C}/rooms/${r}/state/m.room.topic/`, { topic: 'x' }],
    ['POST', `${C}/rooms/${r}/upgrade`, { new_version: '11' }],
    ['PUT', `${C}/directory/list/room/${r}`, { visibility: 'public' }],
    ['PUT', `${C}/directory/room/%23new%3Aexample.org`, { room_id: roomId }],
    ['POST', `${C}/rooms/%2521AdminRoom%253Aexample.org/leave`, {}],
    ['PUT', `${C}/rooms/!x%2F..%2F${r}/send/m.room.message/txn`, {}],
    ['POST', `${A}/v1/deactivate/${b}`, {}],
  ])('%s %s %j is refused', (...row) => {
    expect(() => never.check(as(row))).toThrow(expect.objectContaining({ code: 'never' }));
  });

  test.each<Row>([
    ['POST', `${C}/logout`, {}],
    ['POST', `${C}/rooms/${r}/leave`, {}],
    ['DELETE', `${C}/devices/A`],
  ])('%s %s is refused when that account is the bot’s own', (...row) => {
    for (const own of [bot, '@Castellan:Example.org'])
      expect(() => never.check(as(row, own))).toThrow(expect.objectContaining({ code: 'never' }));
    expect(() => never.check({ method: row[0], path: row[1] })).toThrow(expect.objectContaining({ code: 'never' }));
  });
});

describe('what becomes of it', () => {
  let server: Scripted;
  let outcome: ScriptedOutcome;
  const request = as(['POST', `${C}/rooms/!other/leave`, {}]);
  const http = () =>
    createSynapseHttp({
      http: createHttp({ baseUrl: server.url, token: 'a-token-of-the-bot', repeats: false }),
      botId: bot,
      never,
    });

  beforeAll(async () => {
    server = await startScripted([() => outcome]);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.requests.length = 0;
    outcome = { status: 200, body: {} };
  });

  test('it goes out with that token, and the next one with the bot’s', async () => {
    await http().call(z.looseObject({}), request);
    await http().call(z.looseObject({}), { method: 'GET', path: `${A}/v1/rooms` });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer a-token-of-a-puppet',
      'Bearer a-token-of-the-bot',
    ]);
    expect(JSON.stringify(server.requests.map(({ path, body }) => [path, body]))).not.toContain('token');
  });

  test.each<[string, ScriptedOutcome, string, string]>([
    [
      'locked',
      { status: 401, body: { errcode: 'M_USER_LOCKED', error: 'x' } },
      'conflict',
      'alice:example.org is locked',
    ],
    ['suspended', { status: 403, body: { errcode: 'M_USER_SUSPENDED', error: 'x' } }, 'conflict', 'is suspended'],
    ['a dead token', { status: 401, body: { errcode: 'M_UNKNOWN_TOKEN', error: 'x' } }, 'unavailable', 'for @alice'],
    ['a 403', { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'no' } }, 'rejected', 'no'],
    ['no answer', 'reset', 'unknown-outcome', 'broke'],
  ])('%s is said of that account, and no error holds its token', async (_, given, code, words) => {
    outcome = given;
    const problem = await http()
      .call(z.looseObject({}), request)
      .catch((error) => error);
    expect(problem.code).toBe(code);
    expect(problem.message).toContain(words);
    expect(problem.message).not.toContain("The bot's");
    expect(JSON.stringify(problem) + problem.stack).not.toContain('a-token');
  });
});
