import { expect, test } from 'vitest';
import { inboxEvent, job, message, plan } from './samples.ts';
import { makeStore } from './store-file.ts';

test('a message without an event is kept until it is sent, and once by its transaction id', () => {
  const { store } = makeStore();
  store.outbox.add(message('t1', { content: { body: 'first' } }));
  store.outbox.add(message('t1', { content: { body: 'second' } }));
  store.outbox.add(message('t2'));
  const unsent = store.outbox.unsent();
  expect(unsent).toEqual([
    { id: 1, ...message('t1', { content: { body: 'first' } }), forEvent: undefined, createdAt: 1_000_000 },
    { id: expect.any(Number), ...message('t2'), forEvent: undefined, createdAt: 1_000_000 },
  ]);
  for (const row of unsent) store.outbox.sent(row.id, '$sent');
  expect(store.outbox.unsent()).toEqual([]);
  store.outbox.add(message('t1'));
  expect(store.outbox.unsent()).toEqual([]);
});

test('the message of a plan, once sent, is noted on the plan', () => {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$a'));
  store.finish('$a', {
    outcome: 'offered',
    plan: plan('K7', '$a'),
    outbox: () => [message('t1', { planCode: 'K7' })],
  });
  expect(store.plans.byMessage('$plan')).toBeUndefined();
  const [row] = store.outbox.unsent();
  expect(row?.planCode).toBe('K7');
  store.outbox.sent(row?.id ?? 0, '$plan');
  expect(store.plans.byMessage('$plan')).toMatchObject({ code: 'K7', messageId: '$plan' });
  expect(store.inbox.get('$a')?.state).toBe('answered');
});

test('the progress message of a job, once sent, is noted on the job', () => {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$a'));
  store.finish('$a', {
    outcome: 'done',
    job: job('j1', '$a', 1),
    outbox: () => [message('t1', { jobId: 'j1' })],
  });
  store.outbox.sent(store.outbox.unsent()[0]?.id ?? 0, '$progress');
  expect(store.jobs.get('j1')?.messageId).toBe('$progress');
});

test('a message that is reported sent twice keeps its first event id', () => {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$a'));
  store.finish('$a', { outcome: 'offered', plan: plan('K7', '$a'), outbox: () => [message('t1', { planCode: 'K7' })] });
  const id = store.outbox.unsent()[0]?.id ?? 0;
  store.outbox.sent(id, '$first');
  store.outbox.sent(id, '$second');
  expect(store.plans.get('K7')?.messageId).toBe('$first');
});
