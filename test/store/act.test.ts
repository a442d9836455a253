import { expect, test } from 'vitest';
import { auditEntry, inboxEvent, job, message, plan } from './samples.ts';
import { makeStore } from './store-file.ts';

test('an event that is delivered twice is received once', () => {
  const { store } = makeStore();
  expect(store.inbox.receive(inboxEvent('$a'))).toBe(true);
  expect(store.inbox.receive(inboxEvent('$a'))).toBe(false);
  expect(store.inbox.open()).toEqual([
    {
      seq: 1,
      ...inboxEvent('$a'),
      receivedAt: 1_000_000,
      state: 'received',
      outcome: undefined,
      attempt: 0,
      command: undefined,
      planCode: undefined,
    },
  ]);
  expect(store.inbox.get('$b')).toBeUndefined();
});

test('an event goes from received over running and done to answered', () => {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$a'));

  expect(store.begin('$a', auditEntry('$a'), 'user deactivate')).toBe(true);
  expect(store.inbox.get('$a')).toMatchObject({ state: 'running', attempt: 1, command: 'user deactivate' });
  expect(store.audit.get(1)).toMatchObject({ kind: 'intent', source: '$a' });

  store.finish('$a', {
    outcome: 'done',
    audit: auditEntry('$a', { kind: 'outcome', outcome: 'done' }),
    outbox: (record) => [
      message('t1', { content: { seq: record?.seq ?? 0, hash: record?.hash ?? '' } }),
      message('t2'),
    ],
  });
  expect(store.inbox.get('$a')).toMatchObject({ state: 'done', outcome: 'done' });
  const [first, second] = store.outbox.unsent();
  expect(first).toMatchObject({
    forEvent: '$a',
    transactionId: 't1',
    content: { seq: 2, hash: store.audit.get(2)?.hash },
  });

  store.outbox.sent(first?.id ?? 0, '$sent1');
  expect(store.inbox.get('$a')?.state).toBe('done');
  store.outbox.sent(second?.id ?? 0, '$sent2');
  expect(store.inbox.get('$a')?.state).toBe('answered');
  expect(store.inbox.open()).toEqual([]);
  expect(store.outbox.unsent()).toEqual([]);
});

test('a refusal goes from received to done, and without a message it is answered at once', () => {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$a'));
  store.finish('$a', { outcome: 'refused', outbox: () => [] });
  expect(store.inbox.get('$a')).toMatchObject({ state: 'answered', outcome: 'refused', attempt: 0 });
  expect(store.audit.count()).toBe(0);
});

test('an act that is begun again counts one more attempt and keeps its plan', () => {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$offer'));
  store.finish('$offer', { outcome: 'offered', plan: plan('K7', '$offer'), outbox: () => [] });
  store.inbox.receive(inboxEvent('$yes'));
  expect(store.begin('$yes', auditEntry('$yes'), 'user deactivate', 'K7')).toBe(true);
  expect(store.begin('$yes', auditEntry('$yes', { detail: 'again' }), 'user deactivate', 'K7')).toBe(true);
  expect(store.begin('$yes', undefined, 'user deactivate')).toBe(true);
  expect(store.inbox.get('$yes')).toMatchObject({ state: 'running', attempt: 3, planCode: 'K7' });
  expect(store.audit.list({ limit: 9, from: 0 }).map((record) => record.detail)).toEqual(['again', undefined]);
});

test('a plan is claimed by one event only, and the loser leaves no trace', () => {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$offer'));
  store.finish('$offer', { outcome: 'offered', plan: plan('K7', '$offer'), outbox: () => [] });
  store.inbox.receive(inboxEvent('$yes'));
  store.inbox.receive(inboxEvent('$yes-too'));
  expect(store.begin('$yes', auditEntry('$yes'), 'user deactivate', 'K7')).toBe(true);
  expect(store.plans.get('K7')?.state).toBe('claimed');
  expect(store.begin('$yes-too', auditEntry('$yes-too'), 'user deactivate', 'K7')).toBe(false);
  expect(store.inbox.get('$yes-too')).toMatchObject({ state: 'received', attempt: 0, planCode: undefined });
  expect(store.audit.count()).toBe(1);
});

test.each([
  ['cancelled', (store: ReturnType<typeof makeStore>['store']) => store.plans.close('K7', 'cancelled'), 0],
  ['closed as expired', (store: ReturnType<typeof makeStore>['store']) => store.plans.close('K7', 'expired'), 0],
  ['past its time', () => true, 1_000_000],
])('a plan that is %s is not begun', (_, close, later) => {
  const { store, time } = makeStore();
  store.inbox.receive(inboxEvent('$offer'));
  store.finish('$offer', { outcome: 'offered', plan: plan('K7', '$offer'), outbox: () => [] });
  store.inbox.receive(inboxEvent('$yes'));
  expect(close(store)).toBe(true);
  time.now += later;
  expect(store.begin('$yes', auditEntry('$yes'), 'user deactivate', 'K7')).toBe(false);
  expect(store.begin('$yes', auditEntry('$yes'), 'user deactivate', 'no such plan')).toBe(false);
  expect(store.inbox.get('$yes')?.state).toBe('received');
  expect(store.audit.count()).toBe(0);
});

test('an event that is over or unknown can neither begin nor finish', () => {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$a'));
  store.begin('$a', undefined, 'help');
  store.finish('$a', { outcome: 'done', outbox: () => [message('t1')] });
  for (const eventId of ['$a', '$unknown']) {
    expect(() => store.begin(eventId, auditEntry(eventId), 'help')).toThrow();
    expect(() => store.finish(eventId, { outcome: 'failed', outbox: () => [] })).toThrow();
  }
  expect(store.audit.count()).toBe(0);
  expect(store.inbox.get('$a')).toMatchObject({ state: 'done', outcome: 'done', attempt: 1 });
});

test('when any part of an outcome cannot be written, none of it is', () => {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$a'));
  store.begin('$a', auditEntry('$a'), 'user deactivate');
  store.outbox.add(message('used'));
  expect(() =>
    store.finish('$a', {
      outcome: 'done',
      audit: auditEntry('$a', { kind: 'outcome', outcome: 'done' }),
      plan: plan('K7', '$a'),
      job: job('j1', '$a', 3),
      due: [{ key: 'd', kind: 'redact', roomId: '!r:one.test', target: '$m', at: 5 }],
      outbox: () => [message('new'), message('used')],
    }),
  ).toThrow();
  expect(store.inbox.get('$a')).toMatchObject({ state: 'running', outcome: undefined });
  expect(store.audit.count()).toBe(1);
  expect(store.plans.get('K7')).toBeUndefined();
  expect(store.jobs.get('j1')).toBeUndefined();
  expect(store.due.next()).toBeUndefined();
  expect(store.outbox.unsent().map((row) => row.transactionId)).toEqual(['used']);
});

test('an outcome makes its plan, job and due times', () => {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$a'));
  const due = { key: 'd', kind: 'redact' as const, roomId: '!r:one.test', target: '$m', at: 5 };
  store.finish('$a', {
    outcome: 'offered',
    plan: plan('K7', '$a', { word: 'bob' }),
    job: job('j1', '$a', 3),
    due: [due],
    outbox: () => [],
  });
  expect(store.plans.get('K7')).toEqual({
    ...plan('K7', '$a', { word: 'bob' }),
    state: 'open',
    messageId: undefined,
  });
  expect(store.jobs.get('j1')?.counts.pending).toBe(3);
  expect(store.due.ready(5)).toEqual([due]);
});
