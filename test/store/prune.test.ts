import { expect, test } from 'vitest';
import { auditEntry, inboxEvent, message, plan } from './samples.ts';
import { makeStore } from './store-file.ts';

const day = 24 * 60 * 60 * 1000;

test('what is long over is forgotten, and nothing that is open', () => {
  const { store, time } = makeStore();
  for (const id of ['$answered', '$unsent', '$open', '$confirming']) store.inbox.receive(inboxEvent(id));
  store.finish('$answered', { outcome: 'offered', plan: plan('OLD', '$answered'), outbox: () => [message('t1')] });
  store.outbox.sent(store.outbox.unsent()[0]?.id ?? 0, '$sent');
  store.plans.close('OLD', 'expired');
  store.finish('$unsent', { outcome: 'offered', plan: plan('CLAIMED', '$unsent'), outbox: () => [message('t2')] });
  store.begin('$confirming', auditEntry('$confirming'), 'user deactivate', 'CLAIMED');
  const start = time.now;

  store.prune(start + 6 * day);
  expect(store.plans.get('OLD')).toBeDefined();
  store.prune(start + 29 * day);
  expect(store.plans.get('OLD')).toBeUndefined();
  expect(store.inbox.receive(inboxEvent('$answered'))).toBe(false);
  store.prune(start + 31 * day);
  expect(store.inbox.get('$answered')).toBeUndefined();
  expect(store.inbox.open().map((row) => row.eventId)).toEqual(['$unsent', '$open', '$confirming']);
  expect(store.outbox.unsent().map((row) => row.transactionId)).toEqual(['t2']);
  expect(store.plans.get('CLAIMED')?.state).toBe('claimed');
  expect(store.audit.count()).toBe(1);

  time.now = start + 40 * day;
  store.outbox.sent(store.outbox.unsent()[0]?.id ?? 0, '$late');
  store.prune(start + 41 * day);
  expect(store.inbox.get('$unsent')?.state).toBe('answered');
  store.prune(start + 48 * day);
  expect(store.inbox.get('$unsent')).toBeUndefined();
});
