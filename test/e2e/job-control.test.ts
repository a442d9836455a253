import { describe, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { bodyOf } from './admin-room.ts';
import { isDeactivation, isLock, JobLab, noHomeserver, pasted } from './job-lab.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { fromStore } from './store-file.ts';

const part = encodeURIComponent;

describeWithSynapse('the control of jobs', () => {
  const lab = new JobLab('job-control');
  /** Its message says that the homeserver is away. */
  const saysAway = (id: string) =>
    lab.room.admin.waitForEvent(lab.room.roomId, (event) => {
      const body = bodyOf(event);
      return body.includes(`Job \`${id}\``) && body.includes('The homeserver gives no answer at the moment');
    });

  test('a long job does not hold up the answers to other commands', async () => {
    const ids = await lab.accounts(120);
    let ended = false;
    const half = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    let seen = 0;
    lab.between.handlers.push(async (request) => {
      if (!isLock(request)) return undefined;
      seen += 1;
      if (seen === 20) half.resolve();
      // Nothing more of the job moves until all the others are answered.
      if (seen >= 80) await go.promise;
      return undefined;
    });
    const id = await lab.begin('user lock-list', ids);
    const end = jobEnd(lab.room, id).then((event) => {
      ended = true;
      return bodyOf(event);
    });
    await half.promise;
    const [user = ''] = ids;
    for (const [line, words] of [
      ['server version', /Synapse/],
      [`user details ${user}`, /person-/],
      ['job list', new RegExp(id)],
      [`job show ${id}`, /running/],
      ['help user lock-list', /lock-list/],
      ['user list-users --limit 5', /1–5 of/],
      ['bot status', /1/],
      [`user unsuspend ${user}`, /was not suspended/],
    ] as const)
      expect(await lab.room.ask(line), line).toMatch(words);
    expect(ended).toBe(false);
    expect(lab.which('locked', ids).length).toBeLessThan(120);
    go.resolve();
    expect(await end).toContain('120 of 120 done');
    expect(lab.which('locked', ids)).toHaveLength(120);
  });

  describe('job cancel', () => {
    test('takes effect while the homeserver gives no answer, and says what may have been done', async () => {
      const ids = await lab.accounts(9);
      lab.between.handlers.push((request) =>
        request.path.includes('/v2/users/') && lab.which('locked', ids).length >= 2 ? noHomeserver : undefined,
      );
      const id = await lab.begin('user lock-list', ids);
      await saysAway(id);
      expect(await lab.room.ask(`job cancel ${id}`)).toContain('The homeserver gives no answer at the moment');
      const report = bodyOf(await jobEnd(lab.room, id));
      const done = lab.which('locked', ids);
      expect(done.length).toBeLessThan(9);
      expect(report).toContain('The job was cancelled.');
      expect(report).toContain('cancelled while the homeserver gave no answer');
      expect(report).toContain('may have been done');
      expect(await lab.room.ask(`job cancel ${id}`)).toContain('has ended already (cancelled)');
      const shown = await lab.room.ask(`job show ${id}`);
      expect(shown).toMatch(/Outcome unknown|unknown/);

      // What was cut short is looked at, and the rest is done, each once.
      lab.between.handlers.length = 0;
      lab.between.requests.length = 0;
      const earlier = await lab.reports(id);
      const plan = await lab.room.ask(`job resume ${id}`);
      expect(plan).toContain('was begun before; I look how far it came');
      await lab.confirm(plan);
      expect(bodyOf(await lab.nextReport(id, earlier))).toContain('9 of 9 done');
      expect(lab.which('locked', ids)).toEqual(ids);
      const written = lab.between.requests.filter(isLock).map(({ path }) => path);
      expect(new Set(written).size).toBe(written.length);
      for (const userId of done) expect(written.join()).not.toContain(part(userId));
    });

    test('ends a job that waits for its turn at once, and never begins it', async () => {
      const first = await lab.accounts(3);
      const second = await lab.accounts(2);
      const held = lab.hold(isDeactivation, 1);
      const running = await lab.begin('user deactivate-all', first, '3');
      await held.reached;
      const answer = await lab.room.askAndConfirm('user lock-list', undefined, second.join('\n'));
      const waiting = jobIn(answer);
      expect(answer).toContain('It waits for 1 other job to end.');
      expect(await lab.room.ask(`job cancel ${waiting}`)).toContain('is cancelled; its turn had not come');
      const report = bodyOf(await jobEnd(lab.room, waiting));
      expect(report).toContain('0 of 2 done, 2 not begun. The job was cancelled.');
      expect(pasted(report)).toEqual(second);
      expect(await lab.room.ask(`job cancel ${waiting}`)).toContain('has ended already');
      held.go();
      expect(bodyOf(await jobEnd(lab.room, running))).toContain('3 of 3 done');
      expect(lab.which('locked', second)).toEqual([]);
      expect(await lab.reports(waiting)).toHaveLength(1);
    });

    test('stops a job that cannot even begin, since it cannot be asked who may', async () => {
      const ids = await lab.accounts(2);
      const plan = await lab.room.askWith('user lock-list', ids.join('\n'));
      const jobs = () => Number(fromStore(lab.room.dataDir, 'SELECT count(*) AS jobs FROM job')[0]?.jobs);
      const before = jobs();
      // The confirmation is let through; the job asks again.
      lab.between.handlers.push(({ path }) =>
        /\/v1\/users\/[^/]+\/admin$/.test(path) && jobs() > before ? noHomeserver : undefined,
      );
      const id = jobIn(await lab.confirm(plan));
      await saysAway(id);
      expect(await lab.room.ask(`job cancel ${id}`)).toContain('The homeserver gives no answer at the moment');
      expect(bodyOf(await jobEnd(lab.room, id))).toContain('0 of 2 done, 2 not begun. The job was cancelled.');
      expect(lab.which('locked', ids)).toEqual([]);
    });
  });
});
