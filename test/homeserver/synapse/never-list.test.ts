import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createSynapseHttp } from '../../../src/homeserver/synapse/http.ts';
import { createNeverList } from '../../../src/homeserver/synapse/never-list.ts';
import { createHttp, type HttpRequest } from '../../../src/http.ts';
import { type Scripted, type ScriptedOutcome, startScripted } from '../scripted.ts';

const bot = '@castellan:example.org:8448';
const roomId = '!AdminRoom:example.org:8448';
const alias = '#admins:example.org:8448';
const second = '#a%41dm/ins:example.org:8448';
const [b, r, a] = [bot, roomId, alias].map(encodeURIComponent) as [string, string, string];

const names = [roomId, alias, second];
const never = createNeverList({ botId: bot, adminRoomNames: () => names, adminPath: '/behind/proxy' });

type Row = [method: HttpRequest['method'], path: string, body?: unknown, query?: HttpRequest['query']];
const requestOf = ([method, path, body, query]: Row): HttpRequest => ({
  method,
  path,
  ...(body === undefined ? {} : { body }),
  ...(query ? { query } : {}),
});
const refused = (row: Row) =>
  expect(() => never.check(requestOf(row))).toThrow(expect.objectContaining({ code: 'never' }));
const passes = (row: Row) => expect(() => never.check(requestOf(row))).not.toThrow();

const A = '/_synapse/admin';
const C = '/_matrix/client/v3';
const bytes = (text: string) => new TextEncoder().encode(text);

describe("against the bot's own account", () => {
  test.each<Row>([
    ['POST', `${A}/v1/deactivate/${b}`],
    ['POST', `${A}/v1/deactivate/${b}`, { erase: true }],
    ['PUT', `${A}/v2/users/${b}`, { deactivated: true }],
    ['PUT', `${A}/v2/users/${b}`, { displayname: 'x', locked: true }],
    ['PUT', `${A}/v2/users/${b}`, { admin: false }],
    ['PUT', `${A}/v2/users/${b}`, { admin: 0 }],
    ['PUT', `${A}/v2/users/${b}`, { password: 'x' }],
    ['PUT', `${A}/v2/users/${b}`, { external_ids: [] }],
    ['PUT', `${A}/v2/users/${b}`, bytes('{"displayname":"x","locked":true}')],
    ['PUT', `${A}/v2/users/${b}`, bytes('{"displayname":"x"')],
    ['PUT', `${A}/v1/suspend/${b}`, { suspend: true }],
    ['PUT', `${A}/v1/users/${b}/admin`, { admin: false }],
    ['PUT', `${A}/v1/users/${b}/admin`, { admin: null }],
    ['PUT', `${A}/v1/users/${b}/admin`, {}],
    ['POST', `${A}/v1/reset_password/${b}`, { new_password: 'x' }],
    ['POST', `${A}/v2/users/${b}/delete_devices`, { devices: ['A'] }],
    ['DELETE', `${A}/v2/users/${b}/devices/DEVICE`],
    ['POST', `${A}/v1/users/${b}/shadow_ban`],
    ['POST', `${A}/v1/users/${b}/login`, {}],
    ['POST', `${A}/v1/user/${b}/redact`, { rooms: [] }],
    ['POST', `${A}/v1/user/%40alice%3Aexample.org/redact`, { rooms: [], user_id: bot }],
    ['POST', `${A}/v1/account_validity/validity`, { user_id: bot, expiration_ts: 1 }],
    ['POST', `${A}/v1/an_endpoint_of_tomorrow`, { users: [{ id: '@x:y' }, { id: bot }] }],
    ['POST', `${A}/v1/an_endpoint_of_tomorrow`, { [bot]: true }],
    ['POST', `${A}/v1/an_endpoint_of_tomorrow`, undefined, { user: ['@x:y', bot] }],
    ['POST', `${C}/logout`],
    ['POST', `${C}/logout/all`, {}],
    ['POST', '/_matrix/client/r0/logout'],
    ['POST', '/_matrix/client/unstable/logout'],
    ['POST', '/_matrix/client/api/v1/logout'],
    ['POST', '/_matrix/client/unstable/org.matrix.msc1/logout'],
    ['POST', `${C}/delete_devices`, { devices: ['A'] }],
    ['DELETE', `${C}/devices/A`],
    ['POST', `${C}/account/deactivate`, {}],
    ['POST', `${C}/account/password`, {}],
    ['POST', `${C}/rooms/${r}/leave`, {}],
    ['POST', `${C}/rooms/${r}/forget`],
    ['POST', `${C}/rooms/${r}/kick`, { user_id: bot }],
    ['POST', `${C}/rooms/!other/ban`, { user_id: bot }],
    ['POST', `${C}/rooms/!other/ban`, bytes('{')],
    ['PUT', `${C}/rooms/${r}/state/m.room.member/${b}`, { membership: 'leave' }],
  ])('%s %s %j is refused', (...row) => refused(row));
});

describe('against the admin room', () => {
  test.each<Row>([
    ['DELETE', `${A}/v2/rooms/${r}`, {}],
    ['DELETE', `${A}/v1/rooms/${a}`, {}],
    ['DELETE', `${A}/v2/rooms/${encodeURIComponent(second)}`, {}],
    ['PUT', `${A}/v1/rooms/${r}/block`, { block: true }],
    ['PUT', `${A}/v1/rooms/${r}/block`, { block: 'no' }],
    ['POST', `${A}/v1/purge_history/${r}`, { purge_up_to_ts: 1 }],
    ['POST', `${A}/v1/purge_history/${r}/%24event`, {}],
    ['POST', `${A}/v1/purge_room`, { room_id: roomId }],
    ['POST', `${A}/v1/shutdown_room/${r}`, {}],
    ['PUT', `${C}/directory/list/room/${r}`, { visibility: 'private' }],
    ['PUT', `${C}/directory/list/appservice/irc/${r}`, { visibility: 'public' }],
    ['PUT', `${C}/directory/room/${a}`, { room_id: '!other:x' }],
    ['DELETE', `${C}/directory/room/${a}`],
    ['PUT', `${C}/directory/room/%23new%3Aexample.org`, { room_id: roomId }],
    ['PUT', `${C}/rooms/${r}/state/m.room.server_acl/`, { allow: ['*'] }],
    ['PUT', `${C}/rooms/${r}/state/m.room.server_acl`, { allow: ['*'] }],
    ['PUT', `${C}/rooms/${r}/state/m.room.canonical_alias`, {}],
    ['PUT', `${C}/rooms/${r}/state/m.room.encryption`, {}],
    ['PUT', `${C}/rooms/${r}/state/m.room.tombstone`, {}],
    ['PUT', `${C}/rooms/${r}/state/m.room.power_levels`, {}],
    ['POST', `${C}/rooms/${r}/upgrade`, { new_version: '11' }],
  ])('%s %s %j is refused', (...row) => refused(row));

  test('a name that the room got a moment ago counts', () => {
    passes(['DELETE', `${A}/v2/rooms/${encodeURIComponent('#new:example.org')}`, {}]);
    names.push('#new:example.org');
    refused(['DELETE', `${A}/v2/rooms/${encodeURIComponent('#new:example.org')}`, {}]);
    names.pop();
  });
});

describe('another way of writing it', () => {
  test.each<Row>([
    ['POST', `${A}/v1/deactivate/${bot}`],
    ['POST', `${A}/v1/deactivate/${b.replaceAll('%3A', '%3a')}`],
    ['POST', `${A}/v1/deactivate/%40%63astellan%3Aexample.org%3A8448`],
    ['POST', `${A}/v1/deactivate/${encodeURIComponent(b)}`],
    ['POST', `${A}/v1/deactivate/${encodeURIComponent(encodeURIComponent(b))}`],
    ['POST', `${A}/v1/deactivate/${b.toLowerCase().replace('castellan', 'CASTELLAN')}`],
    ['POST', `${A}/v1/deactivate/${encodeURIComponent('@castellan:EXAMPLE.org:8448')}`],
    ['POST', `${A}/v1/deactivate/${b}/`],
    ['POST', `${A}/v1/deactivate/${b};x=y`],
    ['POST', `${A}/v1/deactivate/${b}%3Bx`],
    ['POST', `${A}/v1/deactivate/${b}%20`],
    ['POST', `${A}/v1/deactivate/${b}%00`],
    ['POST', `${A}/v1/deactivate/${b}?x=y`],
    ['POST', `${A}/v1/deactivate/${b}#x`],
    ['POST', `${A}/v1//deactivate//${b}`],
    ['POST', `/${A}/v1/deactivate/${b}`],
    ['POST', `${A}/v1/deactivate%2F${b}`],
    ['POST', `${A}/v1/deactivate%252F${b}`],
    ['POST', `${A}/v1/deactivate\\${b}`],
    ['POST', `${A}/v1/deac\ttivate/${b}`],
    ['POST', `${A}/v1/x/../deactivate/${b}`],
    ['POST', `${A}/v1/x/%2e%2E/deactivate/${b}`],
    ['POST', `${A}/v1/x%2F..%2Fdeactivate/${b}`],
    ['POST', `${A}/v1/x/..;/deactivate/${b}`],
    ['POST', `${A}/v1/%64eactivate/${b}`],
    ['POST', `${A}/v9/deactivate/${b}`],
    ['POST', `/behind/proxy/v1/deactivate/${b}`],
    ['POST', `/another/prefix/v1/deactivate/${b}`],
    ['POST', `${A}/v1/deactivate/%${'25'.repeat(9)}40castellan`],
    // What may be done with the bot, in a spelling that hides something else.
    ['POST', `${A}/v1/users/${b}/x%2F..%2F..%2F..%2Fdeactivate%2F${b}%2F..%2Foverride_ratelimit`],
    ['PUT', `${A}/v2/users/${encodeURIComponent(b)}`, { locked: true }],
    ['POST', `${C}//logout/`],
    ['POST', `${C}/%6Cogout`],
    ['POST', `${C}/logout;x`],
    ['POST', `${C}/LOGOUT`],
    ['POST', `${C}/rooms/!x%2F..%2F..%2Flogout`],
    ['POST', `/x/..${C}/logout`],
    ['POST', `/prefix${C}/logout`],
    ['DELETE', `${A}/v2/rooms/${encodeURIComponent(r)}`, {}],
    ['DELETE', `${A}/v2/rooms/${r.toLowerCase()}`, {}],
    ['DELETE', `${A}/v2/rooms/`, { room_id: alias }],
    ['DELETE', `${A}/v2/rooms/%23ADMINS%3Aexample.org%3A8448`, {}],
    ['DELETE', `${A}/v2/rooms/x`, {}, { room: encodeURIComponent(alias) }],
    ['PUT', `${A}/v1/rooms/${r}%2Fblock`, { block: true }],
  ])('%s %s %j is refused', (...row) => refused(row));

  test.each<Row>([
    ['GET', `${A}/v2/users?access_token=x`],
    ['GET', `${A}/v2/users`, undefined, { access_token: 'x' }],
  ])('a token in the address is refused (%s %s)', (...row) => refused(row));
});

describe('what is not on the list', () => {
  test.each<Row>([
    ['GET', `${A}/v2/users/${b}`],
    ['GET', `${A}/v1/rooms/${r}/block`],
    ['POST', `${A}/v1/users/${b}/override_ratelimit`, { messages_per_second: 0, burst_count: 0 }],
    ['POST', `/behind/proxy/v1/users/${b}/override_ratelimit`, { messages_per_second: 0, burst_count: 0 }],
    ['PUT', `${A}/v2/users/${b}`, { displayname: 'Castellan', admin: true, deactivated: false, locked: false }],
    ['PUT', `${A}/v2/users/${b}/devices/A`, { display_name: 'x' }],
    ['PUT', `${A}/v1/users/${b}/admin`, { admin: true }],
    ['PUT', `${A}/v1/suspend/${b}`, { suspend: false }],
    ['DELETE', `${A}/v1/users/${b}/shadow_ban`],
    ['PUT', `${A}/v1/rooms/${r}/block`, { block: false }],
    ['POST', `${A}/v1/join/${r}`, { user_id: '@alice:example.org' }],
    ['POST', `${A}/v1/join/!other`, { user_id: bot }],
    ['POST', `${A}/v1/rooms/!other/make_room_admin`, { user_id: bot }],
    ['POST', `${A}/v1/room/${r}/media/quarantine`],
    ['POST', `${A}/v1/user/%40alice%3Aexample.org/redact`, { rooms: [roomId, '!other'] }],
    ['DELETE', `${A}/v2/rooms/!other`, { new_room_user_id: bot, block: true }],
    ['POST', `${A}/v1/deactivate/%40alice%3Aexample.org`, { erase: true }],
    ['POST', `${A}/v1/deactivate/%40castellan%3Aexample.org`],
    ['POST', `${A}/v1/deactivate/%40castellan2%3Aexample.org%3A8448`],
    ['POST', `${A}/v1/reset_password/%40alice%3Aexample.org`, { new_password: `about ${bot}` }],
    ['POST', `${C}/rooms/!other/leave`, {}],
    ['POST', `${C}/rooms/${r}/invite`, { user_id: '@alice:example.org' }],
    ['POST', `${C}/rooms/${r}/kick`, { user_id: '@alice:example.org' }],
    ['PUT', `${C}/rooms/${r}/state/m.room.member/%40alice%3Aexample.org`, { membership: 'ban' }],
    ['PUT', `${C}/rooms/${r}/state/m.room.topic/`, { topic: 'x' }],
    ['PUT', `${C}/directory/room/%23new%3Aexample.org`, { room_id: '!other' }],
    ['PUT', `${C}/devices/A`, { display_name: 'logout' }],
  ])('%s %s %j passes', (...row) => passes(row));
});

describe('whom a request disarms as an admin', () => {
  const eve = '@eve:example.org';
  const e = encodeURIComponent(eve);
  test.each<Row>([
    ['PUT', `${A}/v1/users/${e}/admin`, { admin: false }],
    ['PUT', `${A}/v1/users/${e}/admin`, { admin: null }],
    ['PUT', `${A}/v1/users/${e}/admin/`, bytes('{"admin":false}')],
    ['PUT', `${A}/v2/users/${e}`, { admin: false }],
    ['PUT', `${A}/v2/users/${e}`, { deactivated: true }],
    ['PUT', `${A}/v2/users/${e}`, { locked: true }],
    ['PUT', `${A}/v2/users/${e}`, bytes('{')],
    ['PUT', `${A}/v1/suspend/${e}`, { suspend: true }],
    ['POST', `${A}/v1/deactivate/${encodeURIComponent(e)}`],
    ['POST', `/behind/proxy/v1/deactivate/${e}`],
    ['POST', `/another/prefix/v1/deactivate/${e}`],
    ['POST', `${A}/v1/users/${e}/shadow_ban`],
    ['POST', `${A}/v1/account_validity/validity`, { user_id: eve }],
  ])('%s %s %j: her', (...row) => expect(never.disarms(requestOf(row))).toContain(eve));

  test.each<Row>([
    ['GET', `${A}/v1/users/${e}/admin`],
    ['PUT', `${A}/v1/users/${e}/admin`, { admin: true }],
    ['PUT', `${A}/v2/users/${e}`, { displayname: 'x', deactivated: false, locked: false, admin: true }],
    ['PUT', `${A}/v1/suspend/${e}`, { suspend: false }],
    ['DELETE', `${A}/v1/users/${e}/shadow_ban`],
    ['POST', `${A}/v1/reset_password/${e}`, { new_password: 'x' }],
  ])('%s %s %j: nobody', (...row) => expect(never.disarms(requestOf(row))).toEqual([]));
});

describe('an alias that the admin room got after the start', () => {
  const late = '#La/te:example.org:8448';
  const l = encodeURIComponent(late);
  const missing = { status: 404, body: { errcode: 'M_NOT_FOUND', error: 'Room alias not found' } };
  let server: Scripted;
  let listed: ScriptedOutcome;
  let resolved: ScriptedOutcome;

  beforeAll(async () => {
    server = await startScripted([
      ({ method, path }) => (method === 'GET' && path === `${C}/rooms/${r}/aliases` ? listed : undefined),
      ({ method, path }) => (method === 'GET' && path === `${C}/directory/room/${l}` ? resolved : undefined),
      ({ method }) => (method === 'GET' ? missing : { status: 200, body: {} }),
    ]);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.requests.length = 0;
    listed = { status: 200, body: { aliases: [late] } };
    resolved = missing;
  });

  const send = (row: Row) => {
    const atStart = createNeverList({ botId: bot, adminRoomNames: () => [roomId], adminPath: '/behind/proxy' });
    const http = createHttp({ baseUrl: server.url, repeats: false });
    return createSynapseHttp({ http, botId: bot, never: atStart }).call(z.looseObject({}), requestOf(row));
  };
  const written = () => server.requests.filter(({ method }) => method !== 'GET');

  const changes: Row[] = [
    ['PUT', `${C}/directory/room/${l}`, { room_id: '!other:x' }],
    ['DELETE', `${C}/directory/room/${l}`],
    ['DELETE', `/_matrix/client/r0/directory/room/${l}`],
    ['DELETE', `/_matrix/client/api/v1/directory/room/${l}`],
    ['DELETE', `/prefix${C}/directory/room/${l}`],
    ['DELETE', `${C}/directory/room/${encodeURIComponent(l)}`],
    ['DELETE', `${C}/directory/room/${l.replaceAll('%3A', ':')}`],
    ['DELETE', `${C}/directory/room/%23L%61%2Fte%3Aexample.org%3A8448`],
    ['DELETE', `${C}/directory%2Froom%2F${l}`],
    ['DELETE', `${C}/%64irectory/room/${l}`],
    ['DELETE', `${C}//directory/x/..//room/${l}`],
    ['DELETE', `${C}/directory/room/${l};x=y`],
    ['DELETE', `${C}/directory/room/${l}?x=y`],
  ];

  test.each(changes)('%s %s %j is refused when it is listed, and does not leave', async (...row) => {
    await expect(send(row)).rejects.toMatchObject({ code: 'never' });
    expect(written()).toEqual([]);
  });

  test.each(changes)('%s %s %j is refused when it leads there, and does not leave', async (...row) => {
    listed = { status: 200, body: { aliases: [] } };
    resolved = { status: 200, body: { room_id: roomId, servers: [] } };
    await expect(send(row)).rejects.toMatchObject({ code: 'never' });
    expect(written()).toEqual([]);
  });

  test.each<Row>([
    ['DELETE', `${A}/v2/rooms/${l}`, {}],
    ['DELETE', `${A}/v1/rooms/x`, { room: late }],
    ['PUT', `${C}/directory/list/room/${l}`, { visibility: 'private' }],
    ['PUT', `${A}/v1/rooms/${l}/block`, { block: true }],
  ])('%s %s %j names the room too', async (...row) => {
    await expect(send(row)).rejects.toMatchObject({ code: 'never' });
    expect(written()).toEqual([]);
  });

  test('what cannot be looked up does not leave', async () => {
    listed = { status: 500, body: { errcode: 'M_UNKNOWN', error: 'no' } };
    await expect(send(['DELETE', `${C}/directory/room/${l}`])).rejects.toMatchObject({ code: 'unavailable' });
    expect(written()).toEqual([]);
  });

  test('an alias of another room passes, after the look', async () => {
    await send(['DELETE', `${C}/directory/room/%23other%3Aexample.org%3A8448`]);
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'DELETE']);
  });

  test('what names no alias is not looked up', async () => {
    await send(['PUT', `${A}/v1/rooms/!other/block`, { block: true }]);
    await send(['POST', `${A}/v1/send_server_notice`, { content: { body: 'about #something' } }]);
    expect(server.requests).toHaveLength(2);
  });
});

test('a refusal says what was refused and why, without the ids in it', () => {
  expect(() => never.check({ method: 'POST', path: `${A}/v1/deactivate/${b}` })).toThrow(
    "POST /_synapse/admin/v1/deactivate/… is refused: it would act on the bot's own account, and a bot that has lost its account cannot put that right.",
  );
});
