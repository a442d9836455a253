import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgress, type Standing } from '../../src/jobs/progress.ts';
import type { Context } from '../../src/pipeline/context.ts';
import type { ItemState, JobRow } from '../../src/store/store.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const noItems: Record<ItemState, number> = {
  pending: 0,
  running: 0,
  stepped: 0,
  done: 0,
  skipped: 0,
  failed: 0,
  unknown: 0,
};

/** A job's message in a room that takes every edit, or none. */
function lab(total: number, more: Partial<JobRow> = {}) {
  const standing: { away?: boolean; stopping?: boolean } & Standing = {};
  const sent: string[] = [];
  const transactions = new Set<string>();
  let send = async (): Promise<void> => undefined;
  let row: JobRow = {
    id: 'j1',
    requester: '@alice:x',
    roomId: '!admins:x',
    source: '$job',
    command: 'room delete',
    input: {},
    frozen: { own: null, targets: [], count: 1, heldSecret: false, heading: 'Deleting `!room`' },
    state: 'running',
    createdAt: Date.now(),
    finishedAt: undefined,
    messageId: '$message',
    resumedBy: undefined,
    counts: { ...noItems, pending: total },
    ...more,
  };
  const context = {
    clock: Date.now,
    catalog: { prefix: '!admin', commands: [] },
    store: { jobs: { get: () => row } },
    matrix: {
      async send(_room: string, _type: string, content: { body: string }, transaction: string) {
        await send();
        transactions.add(transaction);
        sent.push(content.body);
      },
    },
  } as unknown as Context;
  const progress = createProgress(context, row, () => standing);
  return {
    progress,
    standing,
    sent,
    transactions,
    done(count: number) {
      row = { ...row, counts: { ...noItems, pending: total - count, done: count } };
      progress.ended(count);
    },
    slowly(answer: () => Promise<void>) {
      send = answer;
    },
  };
}

test('a job of one item says how far that is, every 5 seconds at most, and the last word is not lost', async () => {
  const { progress, sent, transactions } = lab(1);
  progress.says({ n: 1, target: '!room' }, '10 of 501 members removed');
  await vi.advanceTimersByTimeAsync(4_900);
  expect(sent).toEqual([]);
  for (let members = 20; members < 200; members += 10) {
    progress.says({ n: 1, target: '!room' }, `${members} of 501 members removed`);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(sent).toHaveLength(4);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent).toHaveLength(5);
  expect(sent.at(-1)).toBe(
    '* ⏳ Deleting `!room`\n\n190 of 501 members removed\n\nJob `j1`; `!admin job cancel j1` stops it.',
  );
  expect(transactions.size).toBe(5);
});

test('of many items it shows the counts when 5 % have moved on, and what each says while it is under way', async () => {
  const { progress, sent, done } = lab(200);
  done(9);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent).toEqual([]);
  done(10);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent.at(-1)).toContain('10 of 200 done');
  progress.says({ n: 11, target: '!a' }, 'half of it');
  progress.says({ n: 12, target: '!b' }, 'most of it');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent.at(-1)).toContain('`!a`: half of it\n\n`!b`: most of it');
  done(11);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent.at(-1)).not.toContain('half of it');
  expect(sent.at(-1)).toContain('`!b`: most of it');
  expect(sent).toHaveLength(3);
});

test('says when the homeserver is away, when it is back, and that the job was cancelled', async () => {
  const { progress, standing, sent } = lab(30);
  for (const [change, words] of [
    [{ away: true }, 'gives no answer at the moment'],
    [{ away: false }, 'job cancel j1'],
    [{ stopping: true }, 'was cancelled, and stops after what is under way'],
  ] as const) {
    Object.assign(standing, change);
    progress.changed();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent.at(-1)).toContain(words);
  }
  expect(sent).toHaveLength(3);
});

test.each([
  ['that was resumed', { resumedBy: '$resume' }],
  ['that has waited for its turn', { createdAt: Date.now() - 60_000 }],
])('the message of a job %s says at once that it goes on', async (_, more) => {
  const { sent } = lab(30, more);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toContain('⏳');
});

test('after its end no edit follows, and one under way is waited for', async () => {
  const { progress, sent, slowly } = lab(1);
  const arrived = Promise.withResolvers<void>();
  slowly(() => arrived.promise);
  progress.says({ n: 1, target: '!room' }, 'one');
  await vi.advanceTimersByTimeAsync(5_000);
  progress.says({ n: 1, target: '!room' }, 'two');
  let closed = false;
  const closing = progress.close().then(() => {
    closed = true;
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(closed).toBe(false);
  arrived.resolve();
  await closing;
  progress.changed();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent).toHaveLength(1);
});

test('an edit that fails is no harm', async () => {
  const { progress, sent, slowly } = lab(1);
  slowly(() => Promise.reject(new Error('no')));
  progress.says({ n: 1, target: '!room' }, 'one');
  await vi.advanceTimersByTimeAsync(5_000);
  slowly(async () => undefined);
  progress.says({ n: 1, target: '!room' }, 'two');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toContain('two');
});
