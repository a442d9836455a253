import { expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { bodyOf, type RoomEvent } from './admin-room.ts';
import { isDeactivation, isLock, JobLab, pasted } from './job-lab.ts';
import { jobEnd } from './run-job.ts';
import { fromStore } from './store-file.ts';

const part = encodeURIComponent;

describeWithSynapse('job resume', () => {
  const lab = new JobLab('job-resume');

  test('goes on where a cancelled job stopped, and reports its end anew', async () => {
    const { ids, id } = await lab.halfway();
    const earlier = await lab.reports(id);
    const plan = await lab.room.ask(`job resume ${id}`);
    expect(plan).toContain(`Go on with the job \`${id}\`, \`user deactivate-all\`: 5 items are left, 2 done.`);
    for (const userId of ids.slice(3)) expect(plan).toContain(userId);
    expect(plan).not.toContain(String(ids[1]));
    expect(lab.which('deactivated', ids)).toHaveLength(2);
    expect(await lab.confirm(plan)).toContain('goes on; its message shows how far it is');
    const report = await lab.nextReport(id, earlier);
    expect(bodyOf(report)).toContain('7 of 8 done, 1 failed.');
    expect(bodyOf(report)).not.toContain('cancelled');
    expect(pasted(bodyOf(report))).toEqual([ids[1]]);
    expect(report.content['m.mentions']).toEqual({ user_ids: [lab.room.admin.userId] });
    expect(lab.which('deactivated', ids)).toEqual(ids.filter((_, at) => at !== 1));
    expect(
      lab.between.requests.filter(isDeactivation).filter(({ path }) => path.includes(part(ids[0] ?? ''))),
    ).toHaveLength(1);
    // The same message went on, and says at last that it is over.
    const related = ({ content }: RoomEvent) => (content['m.relates_to'] ?? {}) as Record<string, unknown>;
    const message = (related(earlier[0] as RoomEvent)['m.in_reply_to'] as { event_id: string }).event_id;
    const edits = (await lab.room.admin.messages(lab.room.roomId)).filter(
      (event) => related(event).event_id === message,
    );
    expect(edits.map((event) => /^\* (.)/u.exec(bodyOf(event))?.[1]).join('')).toMatch(/^⏳*🏁⏳+🏁$/u);
    expect(await lab.room.ask(`job resume ${id}`)).toMatch(/^❌ .*has been gone through to its end/);
    expect(await lab.reports(id)).toHaveLength(2);
  });

  test('takes a job of another admin over, with the right to it asked anew', async () => {
    const { ids, id } = await lab.halfway();
    const second = await registerUser(lab.server, 'second', { admin: true });
    await lab.room.botAccount.invite(lab.room.roomId, second.userId);
    await second.join(lab.room.roomId);
    await lab.room.bot().stop();
    lab.room.configure({ roles: { [lab.room.admin.userId]: 'owner', [second.userId]: 'moderator' } });
    await lab.room.start();
    expect(await lab.room.ask(`job resume ${id}`, second)).toContain('`user deactivate-all` needs the role admin');
    await lab.room.bot().stop();
    lab.room.configure({ roles: {} });
    await lab.room.start();
    const earlier = await lab.reports(id);
    const plan = await lab.room.ask(`job resume ${id}`, second);
    expect(plan).toContain(`\`${lab.room.admin.userId}\` asked for it; from now on it is yours.`);
    await lab.confirm(plan, second);
    const report = await lab.nextReport(id, earlier);
    expect(bodyOf(report)).toContain('7 of 8 done, 1 failed.');
    expect(report.content['m.mentions']).toEqual({ user_ids: [second.userId] });
    const actors = fromStore(lab.room.dataDir, 'SELECT record FROM audit ORDER BY seq')
      .map(({ record }) => JSON.parse(String(record)))
      .filter(({ kind, targets, detail }) => kind === 'outcome' && detail?.job === id && targets[0] === ids[7])
      .map(({ actor }) => actor);
    expect(actors).toEqual([second.userId]);
    const resumption = fromStore(
      lab.room.dataDir,
      "SELECT record FROM audit WHERE command = 'job resume' ORDER BY seq DESC",
    );
    expect(JSON.parse(String(resumption[0]?.record))).toMatchObject({ kind: 'outcome', actor: second.userId });
  });

  test('is refused for what runs, waits, is over, or is no job', async () => {
    const ids = await lab.accounts(2);
    const held = lab.hold(isLock, 1);
    const id = await lab.begin('user lock-list', ids);
    await held.reached;
    expect(await lab.room.ask(`job resume ${id}`)).toMatch(/^❌ .*is not over: it is under way/);
    const waiting = await lab.begin('user suspend-list', ids);
    expect(await lab.room.ask(`job resume ${waiting}`)).toMatch(/^❌ .*is not over: it waits for its turn/);
    held.go();
    await jobEnd(lab.room, waiting);
    expect(await lab.room.ask(`job resume ${id}`)).toMatch(/^❌ .*nothing to go on with/);
    expect(await lab.room.ask('job resume zzzzz')).toMatch(/^❌ There is no job `zzzzz`/);
    expect(await lab.room.ask('job resume')).toMatch(/^❌/);
  });

  test('a plan to go on that is confirmed twice, or too late, does it once', async () => {
    const { ids, id } = await lab.halfway();
    const one = await lab.room.ask(`job resume ${id}`);
    const two = await lab.room.ask(`job resume ${id}`);
    const earlier = await lab.reports(id);
    await lab.confirm(one);
    await lab.nextReport(id, earlier);
    expect(await lab.confirm(one)).toContain('has been confirmed already');
    expect(await lab.confirm(two)).toMatch(/^❌ .*has been gone through to its end/);
    expect(lab.which('deactivated', ids)).toHaveLength(7);
    expect(await lab.reports(id)).toHaveLength(2);
  });

  test('survives a kill right after it, and a further cancellation', async () => {
    const { ids, id } = await lab.halfway();
    const killed = Promise.withResolvers<void>();
    lab.between.handlers.push(async (request) => {
      if (!isDeactivation(request) || lab.which('deactivated', ids).length < 3) return undefined;
      lab.between.handlers.length = 0;
      await lab.room.bot().kill();
      killed.resolve();
      return 'reset';
    });
    let earlier = await lab.reports(id);
    await lab.confirm(await lab.room.ask(`job resume ${id}`));
    await killed.promise;
    const held = lab.hold(isDeactivation, 2);
    await lab.room.start();
    await held.reached;
    await lab.room.ask(`job cancel ${id}`);
    held.go();
    expect(bodyOf(await lab.nextReport(id, earlier))).toContain(
      '5 of 8 done, 1 failed, 2 not begun. The job was cancelled.',
    );
    earlier = await lab.reports(id);
    await lab.confirm(await lab.room.ask(`job resume ${id}`));
    expect(bodyOf(await lab.nextReport(id, earlier))).toContain('7 of 8 done, 1 failed.');
    expect(lab.which('deactivated', ids)).toHaveLength(7);
    expect(await lab.reports(id)).toHaveLength(3);
  });
});
