import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { type Flight, type FlightsSeen, watchFlights } from './flights.ts';
import { jobEnd, jobIn, runJob } from './run-job.ts';

const part = encodeURIComponent;

describeWithSynapse('the pace of jobs', () => {
  let server: Synapse;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;
  let bob: TestClient;
  let made = 0;

  beforeAll(async () => {
    server = await startSynapse({ name: 'job-pacing' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } } });
    bob = await registerUser(server, 'bob');
    await room.admin.liftLimits(bob.userId);
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

  const names = (count: number) => Array.from({ length: count }, () => `@paced-${++made}:${server.serverName}`);
  async function accounts(count: number): Promise<string[]> {
    const ids = names(count);
    await Promise.all(ids.map((id) => room.admin.admin('PUT', `/v2/users/${part(id)}`, {})));
    return ids;
  }
  const emptyRooms = (count: number) =>
    Promise.all(Array.from({ length: count }, () => bob.createRoom({ preset: 'private_chat' })));
  const watch = (flight: Flight, wanted: number, total: number): FlightsSeen =>
    watchFlights({ between, target: server.url, flight }, { wanted, total });

  const called = (method: string, pattern: RegExp) => (request: ScriptedRequest) => {
    if (request.method !== method) return undefined;
    const found = pattern.exec(request.path)?.[1];
    return found === undefined ? undefined : decodeURIComponent(found);
  };
  const locking: Flight = { begins: called('PUT', /\/v2\/users\/([^/?]+)$/) };
  const joining: Flight = {
    begins: ({ method, path, body }) =>
      method === 'POST' && path.includes('/v1/join/') ? String(JSON.parse(body).user_id) : undefined,
  };
  const hashing: Flight = { begins: called('POST', /\/v1\/reset_password\/([^/?]+)$/) };
  /** Over when the server says that no room is left; it is made to say otherwise at first. */
  function deactivating(): Flight {
    const looks = new Map<string, number>();
    return {
      begins: called('POST', /\/v1\/deactivate\/([^/?]+)$/),
      ends(request, answer) {
        const userId = called('GET', /\/v1\/users\/([^/?]+)\/joined_rooms$/)(request);
        if (userId === undefined) return undefined;
        const look = (looks.get(userId) ?? 0) + 1;
        looks.set(userId, look);
        if (look < 3) answer.joined_rooms = ['!not-left-yet:castellan.test'];
        return look < 3 ? undefined : userId;
      },
    };
  }
  /** Over when the server calls it complete, or does not know the room any more. */
  function deleting(): Flight {
    const rooms = new Map<string, string>();
    const begins = called('DELETE', /\/v2\/rooms\/([^/?]+)$/);
    return {
      begins,
      ends(request, answer) {
        const begun = begins(request);
        if (begun !== undefined) rooms.set(String(answer.delete_id), begun);
        const looked = called('GET', /\/v1\/rooms\/([^/?]+)$/)(request);
        if (looked !== undefined && answer.errcode === 'M_NOT_FOUND') return looked;
        const deleteId = called('GET', /\/delete_status\/([^/?]+)$/)(request);
        return deleteId !== undefined && answer.status === 'complete' ? rooms.get(deleteId) : undefined;
      },
    };
  }

  const paces = [
    { how: 'by default', config: {}, other: 4, hash: 2, join: 1, deactivate: 1, purge: 1 },
    {
      how: 'as configured',
      config: { jobs: { concurrency: 2, hashing: 3, join: 4, deactivate: 3, purge: 2 } },
      other: 2,
      hash: 3,
      join: 4,
      deactivate: 3,
      purge: 2,
    },
  ];
  describe.each(paces)('$how', ({ config, other, hash, join, deactivate, purge }) => {
    beforeAll(async () => {
      await room.bot().stop();
      room.configure(config);
      await room.start();
    });

    test(`of ordinary calls ${other} are under way at once`, async () => {
      const ids = await accounts(12);
      const seen = watch(locking, other, 12);
      expect(bodyOf(await runJob(room, 'user lock-list', ids.join('\n')))).toContain('12 of 12 done');
      expect(seen.most()).toBe(other);
      expect(new Set(seen.begun)).toEqual(new Set(ids));
    });

    test(`of people to be brought into a room ${join} at a time`, async () => {
      const ids = await accounts(12);
      const lobby = await bob.createRoom({ preset: 'public_chat' });
      const seen = watch(joining, join, 12);
      const report = await runJob(room, `user force-join-list-of-local-users ${lobby}`, ids.join('\n'));
      expect(bodyOf(report)).toContain('12 of 12 done');
      expect(seen.most()).toBe(join);
    });

    test(`of passwords ${hash} are hashed at once`, async () => {
      const ids = names(12);
      const seen = watch(hashing, hash, 12);
      expect(bodyOf(await runJob(room, 'user create-list', ids.join('\n')))).toContain('12 of 12 done');
      expect(seen.most()).toBe(hash);
    });

    test(`of accounts to be closed ${deactivate} at a time, until each has left its rooms`, async () => {
      const ids = await accounts(6);
      const seen = watch(deactivating(), deactivate, 6);
      expect(bodyOf(await runJob(room, 'user deactivate-all', ids.join('\n'), '6'))).toContain('6 of 6 done');
      expect(seen.most()).toBe(deactivate);
    });

    test(`of rooms to be purged ${purge} at a time, until each is gone`, async () => {
      const rooms = await emptyRooms(6);
      const seen = watch(deleting(), purge, 6);
      expect(bodyOf(await runJob(room, 'room delete-list', rooms.join('\n'), '6'))).toContain('6 of 6 done');
      expect(seen.most()).toBe(purge);
      expect(new Set(seen.begun)).toEqual(new Set(rooms));
    });
  });

  test('jobs run one after the other, so that at most one purge is under way in all of them, and say so', async () => {
    await room.bot().stop();
    room.configure({ jobs: {} });
    await room.start();
    const [one = '', two = '', three = ''] = await emptyRooms(3);
    const seen = watch(deleting(), 1, 3);
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    // Before it is asked whether the first is complete.
    between.handlers.unshift(async ({ path }) => {
      if (path.includes('/delete_status/')) {
        reached.resolve();
        await held.promise;
      }
      return undefined;
    });
    const first = await room.askAndConfirm(`room delete ${one}`, one);
    expect(first).not.toContain('waits');
    await reached.promise;
    const second = await room.askAndConfirm(`room delete ${two}`, two);
    expect(second).toContain('It waits for 1 other job to end.');
    const third = await room.askAndConfirm('room delete-list', '1', three);
    expect(third).toContain('It waits for 2 other jobs to end.');
    expect(await room.ask('job list')).toMatch(/queued/);
    expect(seen.begun).toEqual([one]);
    held.resolve();
    for (const answer of [first, second, third]) expect(bodyOf(await jobEnd(room, jobIn(answer)))).toContain(': done.');
    expect(seen.begun).toEqual([one, two, three]);
    expect(seen.most()).toBe(1);
  });
});
