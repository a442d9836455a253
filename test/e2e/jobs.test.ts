import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type RoomEvent, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedHandler, type ScriptedOutcome, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { fromStore } from './store-file.ts';

describeWithSynapse('jobs', () => {
  let server: Synapse;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'jobs' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } } });
  });
  afterEach(() => {
    between.handlers.length = 0;
    between.requests.length = 0;
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });

  async function accounts(name: string, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let at = 1; at <= count; at++) ids.push((await registerUser(server, `${name}-${at}`)).userId);
    return ids;
  }

  const deactivated = (ids: readonly string[]) =>
    ids.filter((id) => server.queryDatabase('SELECT deactivated FROM users WHERE name = ?', id)[0]?.deactivated === 1);

  const named = (path: string) => decodeURIComponent(/\/v1\/deactivate\/([^?]+)/.exec(path)?.[1] ?? '');
  const isDeactivation: (request: Parameters<ScriptedHandler>[0]) => boolean = ({ method, path }) =>
    method === 'POST' && named(path) !== '';
  /** Whom the bot has asked the server to deactivate, each as often as it did. */
  const asked = () => between.requests.filter(isDeactivation).map(({ path }) => named(path));

  /** At the n-th request of the bot to deactivate somebody since now. */
  function atDeactivation(n: number, act: (userId: string) => Promise<ScriptedOutcome>): Promise<void> {
    let seen = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    between.handlers.push(async (request) => {
      if (!isDeactivation(request)) return undefined;
      seen += 1;
      if (seen !== n) return undefined;
      const outcome = await act(named(request.path));
      resolve();
      return outcome;
    });
    return promise;
  }

  /** Starts a job; returns its id and its progress message. */
  async function begin(
    ids: readonly string[],
    as: TestClient = room.admin,
  ): Promise<{ id: string; message: RoomEvent }> {
    const plan = await room.askWith('user deactivate-all', ids.join('\n'), as);
    const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
    const yes = await as.send(room.roomId, `!admin confirm ${code} ${ids.length}`);
    const message = await room.answerTo(yes);
    const id = /job cancel ([a-z0-9]+)/.exec(bodyOf(message))?.[1];
    if (id === undefined) throw new Error(`no job came back:\n${bodyOf(message)}`);
    return { id, message };
  }

  const ended = (id: string) =>
    room.admin.waitForEvent(room.roomId, ({ content }) => content['dev.castellan.job'] === id);

  /** The audit trail's records about an account, oldest first: intents, and outcomes by their word. */
  const recordsOf = (userId: string) =>
    fromStore(
      room.dataDir,
      'SELECT record FROM audit WHERE seq IN (SELECT seq FROM audit_target WHERE target = ?) ORDER BY seq',
      userId,
    )
      .map(({ record }) => JSON.parse(String(record)))
      // The confirmation names its targets too.
      .filter(({ detail }) => typeof detail?.items !== 'number' && detail !== undefined)
      .map(({ kind, outcome }) => (kind === 'intent' ? kind : outcome));

  test('a job of 60 accounts survives kills and stops at several points, and does each one once', async () => {
    const ids = await accounts('sixty', 60);
    const killed: Promise<void>[] = [
      // Before the server has seen it.
      atDeactivation(10, async () => {
        await room.bot().kill();
        return 'reset';
      }),
      // After the server has done it and before the bot knows.
      atDeactivation(25, async (userId) => {
        await room.admin.admin('POST', `/v1/deactivate/${userId}`, { erase: false });
        await room.bot().kill();
        return 'reset';
      }),
    ];
    const stopping = Promise.withResolvers<Promise<number | null>>();
    atDeactivation(40, async () => {
      stopping.resolve(room.bot().stop());
      return undefined;
    });
    // In the middle of an item, after its deactivation.
    const { promise: third, resolve } = Promise.withResolvers<void>();
    between.handlers.push(async ({ path }) => {
      if (!/joined_rooms/.test(path) || asked().length < 50) return undefined;
      between.handlers.pop();
      await room.bot().kill();
      resolve();
      return 'reset';
    });
    killed.push(third);

    const { id } = await begin(ids);
    await killed[0];
    expect(deactivated(ids)).toHaveLength(9);
    await room.start();
    await killed[1];
    await room.start();
    expect(await await stopping.promise).toBe(0);
    await room.start();
    await killed[2];
    await room.start();
    expect(bodyOf(await ended(id))).toContain('60 of 60 done');

    expect(deactivated(ids)).toEqual(ids);
    const again = asked().filter((userId, at, all) => all.indexOf(userId) < at);
    // Only what a kill had cut short was done again, once, and never what a stop could wait for.
    expect(again).toHaveLength(3);
    expect(new Set(again).size).toBe(3);
    for (const userId of ids) {
      const records = recordsOf(userId);
      expect(records.at(-1)).toBe('done');
      expect(records.filter((record) => record !== 'intent')).toEqual(['done']);
      expect(records.filter((record) => record === 'intent')).toHaveLength(again.includes(userId) ? 2 : 1);
    }
    const reports = (await room.admin.messages(room.roomId)).filter(
      ({ content }) => content['dev.castellan.job'] === id,
    );
    expect(reports).toHaveLength(1);
    expect(reports[0]?.content).toMatchObject({ msgtype: 'm.text', 'm.mentions': { user_ids: [room.admin.userId] } });
  });

  test('its one message is edited in place, and a cancelled job stops, over a kill too', async () => {
    const ids = await accounts('slow', 30);
    // Slow enough for its message to be edited, and stuck before the end, however slow the test is.
    between.handlers.push(async (request) => {
      if (!isDeactivation(request)) return undefined;
      await delay(350);
      return asked().length === 20 ? 'hang' : undefined;
    });
    const { id, message } = await begin(ids);
    expect(await room.ask(`job show ${id}`)).toContain('user deactivate-all');
    const edit = await room.admin.waitForEvent(
      room.roomId,
      ({ content }) => 'm.new_content' in content && bodyOf({ content } as RoomEvent).includes('of 30 done'),
    );
    expect(edit.content['m.relates_to']).toEqual({ rel_type: 'm.replace', event_id: message.event_id });
    expect(edit.content['m.new_content']).toMatchObject({ msgtype: 'm.notice' });
    expect(await room.ask('job list')).toContain(id);
    expect(await room.ask(`job cancel ${id}`)).toContain('stops after the item it is at');
    await room.bot().kill();
    await room.start();
    const report = bodyOf(await ended(id));
    expect(report).toContain('The job was cancelled');
    const done = deactivated(ids);
    expect(done.length).toBeGreaterThan(0);
    expect(done.length).toBeLessThan(20);
    // What is left is listed to be pasted again.
    expect(report).toContain(ids.at(-1) ?? '');
    expect(report).not.toContain(`${ids[0]}\n`);
    expect(await room.ask(`job cancel ${id}`)).toContain('has ended already');
    expect(deactivated(ids)).toEqual(done);
  });

  test('a job whose requester has lost her power stops at its resumption, and says why', async () => {
    const fallen = await registerUser(server, 'fallen', { admin: true });
    await room.botAccount.invite(room.roomId, fallen.userId);
    await fallen.join(room.roomId);
    const ids = await accounts('orphan', 6);
    const killed = atDeactivation(3, async () => {
      await room.bot().kill();
      return 'reset';
    });
    const { id } = await begin(ids, fallen);
    await killed;
    await room.admin.admin('PUT', `/v1/users/${fallen.userId}/admin`, { admin: false });
    await room.start();
    const report = bodyOf(await ended(id));
    expect(report).toContain('The job was cancelled');
    expect(report).toContain('no admin any more');
    expect(deactivated(ids)).toEqual(ids.slice(0, 2));
  });

  test('a job waits for a homeserver that has gone, and goes on where it was', async () => {
    const ids = await accounts('outage', 10);
    const gone = atDeactivation(4, async () => {
      await server.kill();
      return 'reset';
    });
    const { id } = await begin(ids);
    await gone;
    await server.restart();
    expect(bodyOf(await ended(id))).toContain('10 of 10 done');
    expect(deactivated(ids)).toEqual(ids);
    for (const userId of ids) expect(recordsOf(userId)).toEqual(['intent', 'done']);
  });

  test('an item that the server never answers is given up as unknown, and the rest is done', async () => {
    const ids = await accounts('silent', 3);
    between.handlers.push((request) =>
      isDeactivation(request) && named(request.path) === ids[1]
        ? { status: 502, body: '<html>Bad gateway' }
        : undefined,
    );
    const { id } = await begin(ids);
    const report = bodyOf(await ended(id));
    expect(report).toContain('2 of 3 done, 1 unknown');
    expect(report).toContain('may have been done');
    expect(deactivated(ids)).toEqual([ids[0], ids[2]]);
  });
});
