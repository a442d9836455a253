import { expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { auditEntry, inboxEvent, job, message } from './samples.ts';
import { makeStore } from './store-file.ts';

function addJob(store: Store, id: string, size: number): void {
  store.inbox.receive(inboxEvent(`$${id}`));
  store.finish(`$${id}`, { outcome: 'done', job: job(id, `$${id}`, size), outbox: () => [] });
}

test('a job keeps what it was made of and counts its items by state', () => {
  const { store } = makeStore();
  addJob(store, 'j1', 4);
  store.jobs.beginItem('j1', 1, auditEntry('$j1'));
  store.jobs.endItem('j1', 1, 'done', undefined, auditEntry('$j1', { kind: 'outcome', outcome: 'done' }));
  store.jobs.beginItem('j1', 2, auditEntry('$j1'));
  store.jobs.endItem('j1', 3, 'skipped', 'is gone', undefined);
  const { items: _, ...made } = job('j1', '$j1', 4);
  expect(store.jobs.get('j1')).toEqual({
    ...made,
    state: 'queued',
    createdAt: 1_000_000,
    finishedAt: undefined,
    messageId: undefined,
    counts: { pending: 1, running: 1, stepped: 0, done: 1, skipped: 1, failed: 0, unknown: 0 },
  });
  expect(store.jobs.items('j1', ['skipped'])).toEqual([
    { n: 3, target: '@user3:one.test', data: { line: 3 }, state: 'skipped', note: 'is gone', attempt: 0 },
  ]);
  expect(store.audit.list({ limit: 9, from: 0 }).map((record) => record.kind)).toEqual(['intent', 'outcome', 'intent']);
  expect(store.jobs.get('none')).toBeUndefined();
});

test('an item goes over its steps and further attempts, and what is over is not begun again', () => {
  const { store } = makeStore();
  addJob(store, 'j1', 2);
  store.jobs.beginItem('j1', 1, auditEntry('$j1'));
  store.jobs.endItem('j1', 1, 'stepped', 'purge started', undefined);
  store.jobs.beginItem('j1', 1, auditEntry('$j1'));
  expect(store.jobs.items('j1', ['running'])[0]).toMatchObject({ n: 1, attempt: 2, note: 'purge started' });
  store.jobs.endItem('j1', 1, 'done', undefined, undefined);
  expect(() => store.jobs.beginItem('j1', 1, auditEntry('$j1'))).toThrow();
  expect(() => store.jobs.endItem('j1', 1, 'failed', undefined, auditEntry('$j1'))).toThrow();
  expect(() => store.jobs.beginItem('j1', 3, auditEntry('$j1'))).toThrow();
  expect(store.audit.count()).toBe(2);
});

test('an item ends and the next one begins in one write, or neither does', () => {
  const { store } = makeStore();
  addJob(store, 'j1', 3);
  store.jobs.beginItem('j1', 1, auditEntry('$j1'));
  const outcome = auditEntry('$j1', { kind: 'outcome', outcome: 'done' });
  store.jobs.endItem('j1', 1, 'done', undefined, outcome, { n: 2, intent: auditEntry('$j1') });
  expect(store.jobs.items('j1').map(({ state, attempt }) => `${state} ${attempt}`)).toEqual([
    'done 1',
    'running 1',
    'pending 0',
  ]);
  expect(store.audit.list({ limit: 9, from: 0 }).map(({ kind }) => kind)).toEqual(['intent', 'outcome', 'intent']);
  const over = { n: 1, intent: auditEntry('$j1') };
  expect(() => store.jobs.endItem('j1', 2, 'done', undefined, outcome, over)).toThrow();
  expect(store.jobs.items('j1', ['running']).map(({ n }) => n)).toEqual([2]);
  expect(store.audit.count()).toBe(3);
});

test('items are given in order, by state, and page by page', () => {
  const { store } = makeStore();
  addJob(store, 'j1', 7);
  for (const n of [2, 5]) store.jobs.endItem('j1', n, 'failed', 'no', undefined);
  const numbers = (...args: Parameters<Store['jobs']['items']>) => store.jobs.items(...args).map((item) => item.n);
  expect(numbers('j1')).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(numbers('j1', undefined, 3)).toEqual([1, 2, 3]);
  expect(numbers('j1', undefined, 3, 3)).toEqual([4, 5, 6]);
  expect(numbers('j1', ['pending'], 2)).toEqual([1, 3]);
  expect(numbers('j1', ['failed', 'pending'], 4, 1)).toEqual([2, 3, 4, 5]);
  expect(numbers('j1', ['pending', 'pending'])).toEqual([1, 3, 4, 6, 7]);
  expect(numbers('j1', [])).toEqual([]);
});

test('jobs are listed newest first, unfinished ones oldest first', () => {
  const { store } = makeStore();
  for (const id of ['j1', 'j2', 'j3', 'j4', 'j5']) addJob(store, id, 1);
  store.jobs.setState('j2', 'running');
  store.jobs.setState('j3', 'interrupted');
  store.jobs.setState('j4', 'cancelled');
  store.jobs.finish('j5', 'finished', undefined);
  expect(store.jobs.list(2).map((row) => row.id)).toEqual(['j5', 'j4']);
  expect(store.jobs.unfinished().map((row) => row.id)).toEqual(['j1', 'j2', 'j3']);
  store.jobs.setMessage('j1', '$progress');
  expect(store.jobs.get('j1')?.messageId).toBe('$progress');
  expect(() => store.jobs.setState('none', 'running')).toThrow();
});

test('the end of a job and its report are written together, and once', () => {
  const { store, time } = makeStore();
  addJob(store, 'j1', 1);
  store.jobs.finish('j1', 'cancelled', message('end-j1'));
  time.now += 1000;
  store.jobs.finish('j1', 'cancelled', message('end-j1'));
  expect(store.jobs.get('j1')).toMatchObject({ state: 'cancelled', finishedAt: 1_000_000 });
  expect(store.outbox.unsent().map((row) => row.transactionId)).toEqual(['end-j1']);
  expect(() => store.jobs.finish('none', 'finished', message('end-none'))).toThrow();
  expect(store.outbox.unsent()).toHaveLength(1);
});

test('a cancelled job is queued again as the job of whoever resumes it, and no other is', () => {
  const { store } = makeStore();
  addJob(store, 'j1', 2);
  expect(store.jobs.resume('j1', '@bob:one.test', '$resume')).toBe(false);
  store.jobs.endItem('j1', 1, 'done', undefined, undefined);
  store.jobs.finish('j1', 'cancelled', undefined);
  expect(store.jobs.unfinished()).toEqual([]);
  expect(store.jobs.resume('j1', '@bob:one.test', '$resume')).toBe(true);
  expect(store.jobs.unfinished()).toMatchObject([
    {
      id: 'j1',
      state: 'queued',
      requester: '@bob:one.test',
      source: '$j1',
      resumedBy: '$resume',
      finishedAt: undefined,
    },
  ]);
  expect(store.jobs.get('j1')?.counts).toMatchObject({ done: 1, pending: 1 });
  expect(store.jobs.resume('j1', '@carol:one.test', '$other')).toBe(false);
  store.jobs.finish('j1', 'finished', undefined);
  expect(store.jobs.resume('j1', '@carol:one.test', '$other')).toBe(false);
  expect(store.jobs.resume('none', '@carol:one.test', '$other')).toBe(false);
});
