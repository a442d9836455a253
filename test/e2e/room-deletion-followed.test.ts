import { beforeAll, expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { bodyOf } from './admin-room.ts';
import { DeletionLab, isDeletion, isLook } from './deletion-lab.ts';
import { jsonIn } from './json-in.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { fromStore } from './store-file.ts';

const part = encodeURIComponent;

describeWithSynapse('a deletion under way', () => {
  const lab = new DeletionLab({ name: 'deletion' });
  const crowd: string[] = [];

  beforeAll(async () => {
    for (let at = 1; at <= 60; at++) crowd.push((await registerUser(lab.server, `crowd-${at}`)).userId);
  });

  /** A room with so many and two members, which takes the server a moment to empty. */
  async function makeCrowded(many = 20): Promise<string> {
    const { id } = await lab.makeRoom();
    for (const user_id of crowd.slice(0, many)) await lab.api('POST', `/v1/join/${part(id)}`, { user_id });
    return id;
  }

  const tasks = (roomId: string) =>
    lab.server.queryDatabase('SELECT id, status FROM scheduled_tasks WHERE resource_id = ?', roomId);
  const stateOf = (roomId: string) => tasks(roomId)[0]?.status;

  async function ended(roomId: string): Promise<void> {
    while (stateOf(roomId) !== 'complete') await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** The server's answers about a deletion, as the bot asks for them. */
  function told(id: string, of: () => { id: string; status: string; removed: readonly string[] }) {
    lab.between.handlers.push((request) => {
      if (lab.ordered().length === 0) return undefined;
      const { id: deleteId, status, removed } = of();
      const result = { kicked_users: removed, failed_to_kick_users: [], local_aliases: [], new_room_id: null };
      if (isLook(request)) {
        return { status: 200, body: { delete_id: deleteId, room_id: id, status, shutdown_room: result } };
      }
      if (!request.path.includes('/scheduled_tasks')) return undefined;
      const task = { action: 'shutdown_and_purge_room', timestamp_ms: 1, resource_id: id, error: null };
      return { status: 200, body: { scheduled_tasks: [{ ...task, id: deleteId, status, result }] } };
    });
  }

  test('says how far it is by the people removed', async () => {
    const id = await makeCrowded(60);
    // The server is quicker than a message may be edited, so that a third of the way is told for it.
    lab.between.handlers.push((request) =>
      isDeletion(request) ? { status: 200, body: { delete_id: 'held' } } : undefined,
    );
    let status = 'active';
    told(id, () => ({ id: 'held', status, removed: status === 'active' ? crowd.slice(0, 20) : crowd }));
    const job = await lab.begin(`room delete ${id}`, id);
    await lab.room.admin.waitForEvent(
      lab.room.roomId,
      ({ content }) => 'm.new_content' in content && String(content.body).includes('20 of 62 local members removed'),
    );
    await lab.deletedBehindItsBack(id);
    status = 'complete';
    expect(bodyOf(await jobEnd(lab.room, job))).toContain(': done.');
    lab.between.handlers.length = 0;
    const real = jsonIn<{ result: { kicked_users: string[] } }>(await lab.room.ask(`room delete-status ${id} -o json`));
    expect(real.result.kicked_users).toHaveLength(62);
  });

  test('is over when the room is gone, though a server back from a restart goes on calling it active', async () => {
    const { id } = await lab.makeRoom();
    told(id, () => ({ id: String(tasks(id)[0]?.id), status: 'active', removed: [lab.bob.userId, lab.eve.userId] }));
    expect(await lab.report(`room delete ${id}`, id)).toContain(': done.');
    expect(await lab.known(id)).toBe(false);
  });

  test.each([
    ['before the order reached the server', 'reset', 2],
    ['after the server had taken the order and before its answer came', 'lose', 1],
  ] as const)('survives kill −9 of the bot %s, and is ordered once', async (_, outcome, asks) => {
    const id = await makeCrowded();
    const before = await lab.joined(lab.eve);
    const killed = lab.once(isDeletion, async ({ path, body }) => {
      if (outcome === 'lose') await lab.room.admin.request('DELETE', path, JSON.parse(body));
      await lab.room.bot().kill();
      return 'reset';
    });
    const job = await lab.begin(`room delete ${id} -u bob`, id);
    await killed;
    await lab.room.start();
    expect(bodyOf(await jobEnd(lab.room, job))).toContain(': done.');
    expect(lab.ordered()).toHaveLength(asks);
    expect(tasks(id)).toHaveLength(1);
    // A second order would have made a second new room.
    expect((await lab.joined(lab.eve)).filter((one) => !before.includes(one))).toHaveLength(1);
    expect(await lab.known(id)).toBe(false);
  });

  test('is followed to its end over kill −9 in the middle, and over a stop', async () => {
    const id = await makeCrowded();
    const killed = lab.once(isLook, async () => {
      await lab.room.bot().kill();
      return 'reset';
    });
    const job = await lab.begin(`room delete ${id}`, id);
    await killed;
    expect(await lab.known(id)).toBe(true);
    const stopped = Promise.withResolvers<Promise<number | null>>();
    void lab.once(isLook, async () => {
      stopped.resolve(lab.room.bot().stop());
      return undefined;
    });
    await lab.room.start();
    expect(await await stopped.promise).toBe(0);
    await lab.room.start();
    expect(bodyOf(await jobEnd(lab.room, job))).toContain(': done.');
    expect(lab.ordered()).toHaveLength(1);
    expect(await lab.known(id)).toBe(false);
    const records = fromStore(
      lab.room.dataDir,
      'SELECT record FROM audit WHERE seq IN (SELECT seq FROM audit_target WHERE target = ?) ORDER BY seq',
      id,
    ).map(({ record }) => JSON.parse(String(record)));
    expect(records.at(-1)).toMatchObject({ kind: 'outcome', outcome: 'done' });
  });

  test('is followed over a restart of the homeserver', async () => {
    const { id } = await lab.makeRoom();
    const restarted = lab.once(isLook, async () => {
      // Where it is cut short the server stands still for minutes; so it is let come to its end.
      await ended(id);
      await lab.server.restart();
      return 'reset';
    });
    const job = await lab.begin(`room delete ${id}`, id);
    await restarted;
    expect(bodyOf(await jobEnd(lab.room, job))).toContain(': done.');
    expect(lab.ordered()).toHaveLength(1);
  });

  test('by somebody else is followed first, and what was wanted beyond it is done after', async () => {
    const id = await makeCrowded();
    const faster = lab.once(isDeletion, async () => {
      await lab.api('DELETE', `/v2/rooms/${part(id)}`, { purge: false });
      // Only of what it has begun does the server say that it is in progress.
      while (stateOf(id) === 'scheduled') await new Promise((resolve) => setTimeout(resolve, 5));
      return undefined;
    });
    const job = await lab.begin(`room delete ${id} -b`, id);
    await faster;
    expect(bodyOf(await jobEnd(lab.room, job))).toContain(': done.');
    expect(await lab.known(id)).toBe(false);
    expect(await lab.blocked(id)).toBe(true);
    expect(tasks(id)).toHaveLength(2);
  });

  test('by somebody else that does all that is wanted is followed, and nothing is ordered', async () => {
    const id = await makeCrowded();
    const plan = await lab.room.ask(`room delete ${id}`);
    const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
    const looks = ({ path }: { path: string }) => path.endsWith(`/v1/rooms/${part(id)}`);
    const begun = lab.once(looks, async () => {
      await lab.api('DELETE', `/v2/rooms/${part(id)}`, {});
      return undefined;
    });
    const job = jobIn(await lab.room.ask(`confirm ${code} ${id}`));
    await begun;
    expect(bodyOf(await jobEnd(lab.room, job))).toContain(': done.');
    expect(lab.ordered()).toEqual([]);
    expect(await lab.known(id)).toBe(false);
  });

  test('cannot be stopped, and a cancelled job says how to see the rest', async () => {
    const { id } = await lab.makeRoom();
    let held = true;
    lab.between.handlers.push((request) => {
      if (!held || !isLook(request)) return undefined;
      const deleteId = request.path.split('/').at(-1);
      return {
        status: 200,
        body: { delete_id: deleteId, room_id: '!held:x', status: 'active', shutdown_room: null },
      };
    });
    const job = await lab.begin(`room delete ${id}`, id);
    await lab.room.ask(`job cancel ${job}`);
    const report = bodyOf(await jobEnd(lab.room, job));
    held = false;
    expect(report).toContain('room delete-status');
    expect(report).toContain('The job was cancelled');
    const deleteId = /room delete-status (\w+)/.exec(report)?.[1];
    expect(await lab.room.ask(`room delete-status ${deleteId}`)).toContain(id);
  });
});
