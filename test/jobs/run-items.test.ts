import { describe, expect, test } from 'vitest';
import type { AnyCommand, ItemResult, JobDefinition, Step } from '../../src/commands/define.ts';
import { Problem } from '../../src/core/problem.ts';
import { say } from '../../src/core/text.ts';
import type { Progress } from '../../src/jobs/progress.ts';
import { runItems } from '../../src/jobs/run-items.ts';
import type { RunningJob } from '../../src/jobs/running-job.ts';
import type { Log } from '../../src/log.ts';
import type { Context } from '../../src/pipeline/context.ts';
import { StorageProblem } from '../../src/store/storage-problem.ts';
import { auditEntry, inboxEvent, job as newJob } from '../store/samples.ts';
import { makeStore } from '../store/store-file.ts';

type Definition = JobDefinition<never, never>;

const silence = () => new Problem('unavailable', say`The homeserver cannot be reached.`);
const lost = () => new Problem('unknown-outcome', say`The homeserver gave no answer in time.`);
const log = { info() {}, warn() {}, error() {}, debug() {} } as unknown as Log;

/** A job of some items in a real store, whose step is told; time does not pass in it. */
function lab(size: number, definition: Partial<Definition> & Pick<Definition, 'step'>) {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$job'));
  store.finish('$job', { outcome: 'done', job: newJob('j1', '$job', size), outbox: () => [] });
  const state = { stopped: false, cancelled: false, away: 0, waited: [] as number[], said: [] as string[] };
  const pause = async (ms: number) => {
    state.waited.push(ms);
  };
  const progress: Progress = {
    ended: () => undefined,
    says: ({ n }, text) => state.said.push(`${n}: ${text}`),
    changed: () => undefined,
    close: async () => undefined,
  };
  const row = store.jobs.get('j1');
  if (row === undefined) throw new Error('no job');
  const job = {
    row,
    command: { path: 'user deactivate-all', input: { shape: {} } } as unknown as AnyCommand,
    definition: { pace: 'other', ...definition },
    input: {},
    asker: { userId: row.requester, role: 'owner', source: row.source },
    since: 5,
    halt: {
      log,
      stopped: () => state.stopped,
      cancelled: () => state.cancelled,
      pause,
      away: (is: boolean) => {
        state.away += is ? 1 : -1;
      },
    },
  } as unknown as RunningJob;
  const context = { store, log, caps: {}, stopped: () => state.stopped } as unknown as Context;
  return {
    state,
    store,
    run: (lanes = 1) => runItems({ context, job, progress, lanes, pause }),
    items: () => store.jobs.items('j1').map(({ state: is, note }) => (note === undefined ? is : `${is}: ${note}`)),
    kept: () => store.jobs.items('j1').map(({ kept }) => kept),
    trail: () =>
      store.audit
        .list({ limit: 99, from: 0 })
        .map(({ kind, outcome, targets }) => `${targets[0]} ${kind === 'intent' ? kind : outcome}`)
        .reverse(),
  };
}

const done: ItemResult = { state: 'done' };

describe('a lane', () => {
  test('begins nothing any more once the job is cancelled, and brings to its end what it has begun', async () => {
    const { state, run, items, trail } = lab(3, {
      step: async ({ target }) => {
        if (target === '@user2:one.test') state.cancelled = true;
        return done;
      },
    });
    await run();
    expect(items()).toEqual(['done', 'done', 'pending']);
    expect(trail()).toEqual([
      '@user1:one.test intent',
      '@user1:one.test done',
      '@user2:one.test intent',
      '@user2:one.test done',
    ]);
  });

  test('takes no item that another lane has time for', async () => {
    const slow = Promise.withResolvers<void>();
    const { run, items } = lab(4, {
      async step({ target }) {
        if (target === '@user1:one.test') await slow.promise;
        if (target === '@user4:one.test') slow.resolve();
        return done;
      },
    });
    await run(2);
    expect(items()).toEqual(['done', 'done', 'done', 'done']);
  });
});

describe('what a step reads first', () => {
  test('is asked for while the item before is written down, and nothing is done before its own record', async () => {
    const story: string[] = [];
    const { run, trail, items } = lab(3, {
      look: async ({ target }) => {
        story.push(`look ${target} after ${trail().length}`);
        return target;
      },
      async step({ target }, _input, _caps, _asker, { seen }) {
        story.push(`${await seen()} acts on ${target} after ${trail().at(-1)}`);
        return done;
      },
    });
    await run();
    expect(items()).toEqual(['done', 'done', 'done']);
    expect(story).toEqual([
      'look @user1:one.test after 1',
      '@user1:one.test acts on @user1:one.test after @user1:one.test intent',
      'look @user2:one.test after 1',
      '@user2:one.test acts on @user2:one.test after @user2:one.test intent',
      'look @user3:one.test after 3',
      '@user3:one.test acts on @user3:one.test after @user3:one.test intent',
    ]);
  });

  test('is read anew where there was no answer', async () => {
    let looks = 0;
    const { run, items, state } = lab(2, {
      async look() {
        looks += 1;
        if (looks === 2) throw silence();
      },
      async step(_item, _input, _caps, _asker, { seen }) {
        await seen();
        return done;
      },
    });
    await run();
    expect([items(), looks, state.waited.length]).toEqual([['done', 'done'], 3, 1]);
  });

  test('is not looked at for an item that was cut short, which is settled first', async () => {
    const looked: string[] = [];
    const { run, items, store } = lab(3, {
      look: async ({ target }) => void looked.push(target),
      settle: async () => 'done',
      async step(_item, _input, _caps, _asker, { seen }) {
        await seen();
        return done;
      },
    });
    for (const n of [1, 2]) store.jobs.beginItem('j1', n, auditEntry('$job'));
    await run();
    expect([items(), looked]).toEqual([['done', 'done', 'done'], ['@user3:one.test']]);
  });
});

describe('a step', () => {
  test('that gets no answer waits and is tried again, with what it kept, as long as it takes', async () => {
    const seen: unknown[] = [];
    const { run, items, state, kept, trail } = lab(1, {
      async step(_item, _input, _caps, _asker, step) {
        seen.push(step.kept);
        if (seen.length < 6) {
          step.keep({ tries: seen.length });
          throw silence();
        }
        return { state: 'done', note: `after ${JSON.stringify(step.kept)}` };
      },
    });
    await run();
    expect(seen).toEqual([undefined, { tries: 1 }, { tries: 2 }, { tries: 3 }, { tries: 4 }, { tries: 5 }]);
    expect(items()).toEqual(['done: after {"tries":5}']);
    expect(kept()).toEqual([{ tries: 5 }]);
    expect(state.waited).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
    expect(state.away).toBe(0);
    expect(trail()).toEqual(['@user1:one.test intent', '@user1:one.test done']);
  });

  test('reads at once what it keeps, says how far it is, knows since when, and waits', async () => {
    const { run, state, items } = lab(2, {
      async step({ target }, _input, _caps, _asker, step) {
        step.keep('one');
        step.keep([step.kept ?? null, 'two']);
        step.says(`${target} since ${step.since}: ${JSON.stringify(step.kept)}`);
        await step.wait(7);
        return done;
      },
    });
    await run();
    expect(state.said).toEqual([
      '1: @user1:one.test since 5: ["one","two"]',
      '2: @user2:one.test since 5: ["one","two"]',
    ]);
    expect(state.waited).toEqual([7, 7]);
    expect(items()).toEqual(['done', 'done']);
  });

  test('that waits when the bot stops leaves its item, to be taken up again first, with what it kept', async () => {
    const order: string[] = [];
    let stopping = true;
    const { run, items, state, trail } = lab(3, {
      async step({ target }, _input, _caps, _asker, step) {
        order.push(target);
        if (target === '@user2:one.test' && stopping) {
          step.keep({ id: 'd1' });
          state.stopped = true;
          await step.wait(50);
          throw new Error('it went on');
        }
        return { state: 'done', ...(step.kept === undefined ? {} : { note: JSON.stringify(step.kept) }) };
      },
    });
    await run();
    expect(items()).toEqual(['done', 'running', 'pending']);
    expect(trail().at(-1)).toBe('@user2:one.test intent');
    state.stopped = false;
    stopping = false;
    await run();
    expect(order).toEqual(['@user1:one.test', '@user2:one.test', '@user2:one.test', '@user3:one.test']);
    expect(items()).toEqual(['done', 'done: {"id":"d1"}', 'done']);
  });

  test('that follows the work of the server sees that the job was cancelled, and its own end stands', async () => {
    const { run, items, state, trail } = lab(3, {
      async step(_item, _input, _caps, _asker, step) {
        for (let look = 0; ; look++) {
          if (step.cancelled()) return { state: 'unknown', note: 'the homeserver goes on with it by itself' };
          if (look === 2) state.cancelled = true;
          await step.wait(100);
        }
      },
    });
    await run();
    expect(items()).toEqual(['unknown: the homeserver goes on with it by itself', 'pending', 'pending']);
    expect(trail()).toEqual(['@user1:one.test intent', '@user1:one.test unknown']);
  });

  test('is given up as unknown after three calls that may have been carried out', async () => {
    let tries = 0;
    const { run, items } = lab(1, {
      async step() {
        tries += 1;
        throw lost();
      },
    });
    await run();
    expect(tries).toBe(3);
    expect(items()).toEqual(['unknown: the homeserver gave no answer']);
  });

  test.each([
    ['done', ['done'], 1],
    ['not done', ['failed: the homeserver gave no answer, and it was not done'], 3],
    ['unknown', ['unknown: the homeserver gave no answer'], 1],
  ] as const)('whose call may have been carried out is settled by reading: %s', async (settled, expected, tries) => {
    let steps = 0;
    const { run, items } = lab(1, {
      async step() {
        steps += 1;
        throw lost();
      },
      settle: async () => settled,
    });
    await run();
    expect(items()).toEqual(expected);
    expect(steps).toBe(tries);
  });

  test('that fails keeps no other from being done, and an error of ours is no success', async () => {
    const { run, items } = lab(3, {
      async step({ target }) {
        if (target.startsWith('@user1')) throw new Problem('rejected', say`Not today.`);
        if (target.startsWith('@user2')) throw new TypeError('a mistake');
        return done;
      },
    });
    await run();
    expect(items()).toEqual([
      'failed: Not today.',
      expect.stringMatching(/^unknown: Something unforeseen happened/),
      'done',
    ]);
  });
});

test('a job that is cancelled while the homeserver is away ends, and what was cut short is looked at when it goes on', async () => {
  let away = true;
  const looked: string[] = [];
  const steps: string[] = [];
  const { run, items, state, trail } = lab(4, {
    async step({ target }: { target: string }, _input, _caps, _asker, _step: Step) {
      steps.push(target);
      if (!away) return done;
      if (steps.length === 4) state.cancelled = true;
      throw silence();
    },
    async settle({ target }) {
      looked.push(target);
      return target === '@user1:one.test' ? 'done' : 'not done';
    },
  });
  await run(2);
  const cut = 'running: cancelled while the homeserver gave no answer';
  expect(items()).toEqual([cut, cut, 'pending', 'pending']);
  expect(trail().slice(-2).sort()).toEqual(['@user1:one.test unknown', '@user2:one.test unknown']);
  expect(state.away).toBe(0);
  state.cancelled = false;
  away = false;
  steps.length = 0;
  await run(2);
  expect(items()).toEqual(['done', 'done', 'done', 'done']);
  expect(looked.sort()).toEqual(['@user1:one.test', '@user2:one.test']);
  expect(steps.sort()).toEqual(['@user2:one.test', '@user3:one.test', '@user4:one.test']);
});

test('a job under way while the disk is full waits for room, does nothing without a record, and nothing twice', async () => {
  const steps: string[] = [];
  let failures = 2;
  const { run, items, trail, store } = lab(3, {
    async step({ target }) {
      steps.push(target);
      // It fills up in the middle of the second, so that neither its end nor the third can be written.
      if (steps.length === 2) full = true;
      return done;
    },
  });
  let full = false;
  const { endItem } = store.jobs;
  store.jobs.endItem = (...of) => {
    if (full && failures-- > 0) throw new StorageProblem('unavailable', say`The disk is full.`);
    return endItem(...of);
  };
  const ended = run();
  await expect.poll(() => steps.length).toBe(2);
  expect(items()).toEqual(['done', 'running', 'pending']);
  await ended;
  expect(failures).toBeLessThanOrEqual(0);
  expect(steps).toEqual(['@user1:one.test', '@user2:one.test', '@user3:one.test']);
  expect(items()).toEqual(['done', 'done', 'done']);
  expect(trail()).toEqual([1, 2, 3].flatMap((n) => [`@user${n}:one.test intent`, `@user${n}:one.test done`]));
});

test('a long job takes each item once, in order, with so many under way as there are lanes', async () => {
  const order: string[] = [];
  let underWay = 0;
  let most = 0;
  const { run, items } = lab(450, {
    async step({ target }) {
      order.push(target);
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return done;
    },
  });
  await run(3);
  expect(order).toEqual(Array.from({ length: 450 }, (_, at) => `@user${at + 1}:one.test`));
  expect(most).toBe(3);
  expect(new Set(items())).toEqual(new Set(['done']));
});
