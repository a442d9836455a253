import { afterEach, describe, expect, test } from 'vitest';
import { NoAnswer } from '../../src/http.ts';
import { connectMatrix } from '../../src/matrix/connect.ts';
import { DeadToken } from '../../src/matrix/dead-token.ts';
import { type Scripted, type ScriptedOutcome, startScripted } from '../homeserver/scripted.ts';
import { bodies, keptLog, keptValues, startSyncing, until } from './harness.ts';

const token = 'syt_the-secret-token';
const botId = '@bot:castellan.test';
const roomId = '!room:castellan.test';

const locked = { status: 401, body: { errcode: 'M_USER_LOCKED', error: 'locked', soft_logout: true } };
const tooMany = { status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', error: 'slow down', retry_after_ms: 30 } };
const unknownToken = { status: 401, body: { errcode: 'M_UNKNOWN_TOKEN', error: `no such token as ${token}` } };
const faults: [name: string, ScriptedOutcome][] = [
  ['a broken connection', 'reset'],
  ['a proxy’s page', { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>502 Bad Gateway</html>' }],
  ['an answer cut short', { status: 200, body: '{"user_id": "@bot:cas' }],
  ['an answer of null', { status: 200, body: 'null' }],
  ['a rate limit', tooMany],
  ['a locked account', locked],
];

const whoami = { status: 200, body: { user_id: botId, device_id: 'CASTELLAN' } };
const message = (n: number) => ({
  type: 'm.room.message',
  event_id: `$${n}`,
  sender: '@admin:castellan.test',
  origin_server_ts: 1,
  content: { msgtype: 'm.text', body: `number ${n}` },
});
const synced = (next_batch: string, events: unknown[] = [], rooms: object = {}) => ({
  status: 200,
  body: { next_batch, rooms: { ...rooms, join: { [roomId]: { timeline: { events } } } } },
});
const misshapen: [name: string, ScriptedOutcome][] = [
  ['no position', { status: 200, body: { rooms: { join: { [roomId]: { timeline: { events: [message(9)] } } } } } }],
  ['no list of events', synced('s9', { not: 'a list' } as never)],
];

describe('a homeserver that fails', () => {
  let server: Scripted | undefined;
  let finish: (() => void) | undefined;
  afterEach(async () => {
    finish?.();
    await server?.close();
  });

  /** Answers whoami and sync from these lists, the last one for ever. */
  async function serve(whoamis: ScriptedOutcome[], syncs: ScriptedOutcome[] = ['hang']): Promise<Scripted> {
    const next = (list: ScriptedOutcome[]) => (list.length > 1 ? list.shift() : list[0]);
    server = await startScripted([
      ({ path }) => (path.includes('/account/whoami') ? next(whoamis) : undefined),
      ({ path }) => (path.includes('/v3/sync') ? next(syncs) : undefined),
    ]);
    return server;
  }
  const sincesOf = ({ requests }: Scripted) =>
    requests
      .filter(({ path }) => path.includes('/v3/sync'))
      .map(({ path }) => new URL(path, 'http://x').searchParams.get('since'));

  test.each(faults)('is asked again until it knows the bot, after %s', async (_name, fault) => {
    const { url } = await serve([fault, whoami]);
    const log = keptLog();
    const matrix = await connectMatrix({ homeserverUrl: `${url}/`, token, storage: keptValues(), log });
    expect(matrix).toMatchObject({ userId: botId, serverName: 'castellan.test', deviceId: 'CASTELLAN' });
    expect(matrix.health()).toEqual({ state: 'starting' });
    expect(log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    expect(log.lines.join()).not.toContain(token);
  });

  test('that is not there is waited for until the wait is called off', async () => {
    const { url, close } = await serve([whoami]);
    await close();
    server = undefined;
    const calledOff = new AbortController();
    const log = keptLog();
    const options = { homeserverUrl: url, token, storage: keptValues(), log, signal: calledOff.signal };
    const connecting = connectMatrix(options);
    connecting.catch(() => undefined);
    await until(() => log.lines.length >= 2);
    calledOff.abort();
    await expect(connecting).rejects.toMatchObject({ name: NoAnswer.name, kind: 'stopped' });
  });

  test('and refuses the token twice ends the start', async () => {
    const { url } = await serve([unknownToken]);
    const log = keptLog();
    const refused = await connectMatrix({ homeserverUrl: url, token, storage: keptValues(), log }).catch((e) => e);
    expect(refused).toBeInstanceOf(DeadToken);
    expect(`${refused} ${log.lines}`).not.toContain(token);
  });

  test('and has locked the account is waited for', async () => {
    const { url } = await serve([locked, locked, locked, whoami]);
    const options = { homeserverUrl: url, token, storage: keptValues(), log: keptLog() };
    expect(await connectMatrix(options)).toMatchObject({ userId: botId });
  });

  test('and refuses the token once, by mistake, is believed only when it says so again', async () => {
    const { url } = await serve(
      [unknownToken, whoami],
      [unknownToken, synced('s1'), synced('s2', [message(1)]), 'hang'],
    );
    const one = await startSyncing(url, token, roomId, keptValues());
    finish = () => one.matrix.stop();
    await until(() => one.events.length === 1);
    expect(one.log.lines.join()).not.toContain(token);
  });

  test.each([...faults, ...misshapen])(
    'makes it lose no event and move no position in a sync with %s',
    async (_name, fault) => {
      const scripted = await serve(
        [whoami],
        [synced('s1', [message(0)]), fault, fault, synced('s2', [message(1), 'no event', message(2)]), 'hang'],
      );
      const storage = keptValues();
      const one = await startSyncing(scripted.url, token, roomId, storage);
      finish = () => one.matrix.stop();
      await until(() => storage.get('sync-position') === 's2');
      expect(bodies(one.events)).toEqual(['number 1', 'number 2']);
      expect(one.events[0]?.ageMs).toBe(Number.POSITIVE_INFINITY);
      expect(sincesOf(scripted).slice(0, 4)).toEqual([null, 's1', 's1', 's1']);
      expect(one.matrix.health()).toEqual({ state: 'well' });
      const log = one.log.lines.join('\n');
      expect(log).toContain('no sync from the homeserver');
      expect(log).toContain('the sync is back');
      expect(log).toContain('could not be read as an event');
      expect(log).not.toContain(token);
    },
  );

  test('and hangs is given up on and asked again', async () => {
    const { url } = await serve([whoami], ['hang', synced('s1'), synced('s2', [message(1)]), 'hang']);
    const before = Date.now();
    const one = await startSyncing(url, token, roomId, keptValues());
    finish = () => one.matrix.stop();
    await until(() => one.matrix.health().state === 'lost');
    const health = one.matrix.health();
    expect(health.state === 'lost' && health.since >= before && health.since <= Date.now()).toBe(true);
    await until(() => one.events.length === 1);
  });

  test('hands on an invite that is broken, or claims to be direct, without effect', async () => {
    const invites = {
      '!broken:evil.test': { invite_state: { events: [null] } },
      '!direct:evil.test': {
        invite_state: {
          events: [
            {
              type: 'm.room.member',
              state_key: botId,
              sender: '@stranger:evil.test',
              content: { membership: 'invite', is_direct: true },
            },
          ],
        },
      },
    };
    const scripted = await serve(
      [whoami],
      [synced('s1'), synced('s2', [message(1)], { invite: invites }), synced('s3', [message(2)]), 'hang'],
    );
    const one = await startSyncing(scripted.url, token, roomId, keptValues());
    finish = () => one.matrix.stop();
    await until(() => one.events.length === 2);
    expect(bodies(one.events)).toEqual(['number 1', 'number 2']);
    expect(new Set(scripted.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
  });
});
