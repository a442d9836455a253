import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { fromStore } from './store-file.ts';

const part = encodeURIComponent;
const howMany = 300;

describeWithSynapse('a job of 300 items', () => {
  let server: Synapse;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;
  let ids: readonly string[];
  let bob: TestClient;
  let lobby: string;

  beforeAll(async () => {
    server = await startSynapse({ name: 'job-kill' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } } });
    // Without a password they are made fast.
    ids = Array.from({ length: howMany }, (_, at) => `@member-${at + 1}:${server.serverName}`);
    const queue = ids.values();
    await Promise.all(
      [1, 2, 3, 4].map(async () => {
        for (const id of queue) await room.admin.admin('PUT', `/v2/users/${part(id)}`, {});
      }),
    );
    bob = await registerUser(server, 'bob');
    lobby = await bob.createRoom({ preset: 'public_chat', name: 'Lobby' });
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });

  const itemsDone = () =>
    Number(fromStore(room.dataDir, "SELECT count(*) AS done FROM job_item WHERE state = 'done'")[0]?.done);
  const joined = () =>
    server.queryDatabase(
      "SELECT user_id, count(*) AS times FROM room_memberships WHERE room_id = ? AND membership = 'join' GROUP BY user_id",
      lobby,
    );
  /** The audit trail's records about an account, oldest first: intents, and outcomes by their word. */
  const trail = () => {
    const records = new Map<string, string[]>(ids.map((id) => [id, []]));
    const rows = fromStore(room.dataDir, 'SELECT record FROM audit ORDER BY seq');
    for (const { kind, outcome, targets, detail } of rows.map(({ record }) => JSON.parse(String(record))))
      if (detail?.job !== undefined && detail.items === undefined)
        for (const target of targets) records.get(target)?.push(kind === 'intent' ? kind : outcome);
    return records;
  };

  interface Blow {
    /** So many items are done by then. */
    readonly after: number;
    readonly when: string;
    /** The request of the bot at which it is dealt. */
    at(request: { method: string; path: string }): boolean;
    /** The server has done it by then. */
    readonly late?: true;
  }
  const isJoin = ({ path }: { path: string }) => path.includes('/v1/join/');
  const isLook = ({ method, path }: { method: string; path: string }) =>
    method === 'GET' && /\/v2\/users\/[^/]*member-[^/]*$/.test(path);
  const blows: readonly Blow[] = [
    { after: 20, when: 'before the server hears of a join', at: isJoin },
    { after: 80, when: 'when a join is done and the bot does not know', at: isJoin, late: true },
    { after: 140, when: 'between the look and the join', at: isLook },
    { after: 200, when: 'when a join is done and the bot does not know', at: isJoin, late: true },
    // So soon after the last one that some of what that had cut short is under way again.
    { after: 201, when: 'while it takes up what was cut short', at: isLook },
  ];

  /** Kills the bot there; resolves to how many items were done. */
  function struck({ after, at, late }: Blow): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let dealt = false;
    between.handlers.push(async (request) => {
      if (dealt || !at(request) || itemsDone() < after) return undefined;
      dealt = true;
      try {
        if (late) await room.admin.admin('POST', request.path.replace('/_synapse/admin', ''), JSON.parse(request.body));
        await room.bot().kill();
        resolve(itemsDone());
      } catch (error) {
        reject(error);
      }
      return 'reset';
    });
    return promise;
  }

  test('survives kill -9 of the bot at five points, and each item is done exactly once', {
    timeout: 240_000,
  }, async () => {
    const [first, ...others] = blows;
    if (first === undefined) throw new Error('no blow');
    let blow = struck(first);
    const line = `user force-join-list-of-local-users ${lobby}`;
    const id = jobIn(await room.askAndConfirm(line, undefined, ids.join('\n')));
    const seen: number[] = [];
    for (const next of others) {
      seen.push(await blow);
      between.handlers.length = 0;
      blow = struck(next);
      await room.start();
    }
    seen.push(await blow);
    between.handlers.length = 0;
    await room.start();
    const report = bodyOf(await jobEnd(room, id));

    // All five blows were dealt, spread over the run.
    expect(seen).toHaveLength(5);
    for (const [at, done] of seen.entries()) {
      expect(done).toBeGreaterThanOrEqual(blows[at]?.after ?? howMany);
      expect(done).toBeLessThan(at + 1 < blows.length ? (blows[at + 1]?.after ?? 0) + 20 : howMany);
    }
    expect(report).toBe(`✅ Bringing 300 accounts into “Lobby”: 300 of 300 done.`);
    expect(joined()).toHaveLength(howMany + 1);
    expect(joined().filter(({ times }) => times !== 1)).toEqual([]);
    const records = trail();
    expect(records.size).toBe(howMany);
    for (const [userId, words] of records) {
      expect(
        words.filter((word) => word !== 'intent'),
        userId,
      ).toEqual(['done']);
      expect(words.at(-1), userId).toBe('done');
      // One that a blow has cut short is begun again.
      expect(words.length, userId).toBeLessThanOrEqual(1 + 1 + blows.length);
    }
    const begunAgain = [...records.values()].filter((words) => words.length > 2);
    expect(begunAgain.length).toBeLessThanOrEqual(4 * blows.length);
    const reports = (await room.admin.messages(room.roomId)).filter(
      ({ content }) => content['dev.castellan.job'] === id,
    );
    expect(reports).toHaveLength(1);
    expect(await room.ask(`job show ${id}`)).toContain('finished');
  });
});
