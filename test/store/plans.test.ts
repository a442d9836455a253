import { expect, test } from 'vitest';
import { inboxEvent, plan } from './samples.ts';
import { makeStore } from './store-file.ts';

test('open plans are listed oldest first, and a plan is closed once', () => {
  const { store } = makeStore();
  for (const code of ['Z1', 'A2']) {
    store.inbox.receive(inboxEvent(`$${code}`));
    store.finish(`$${code}`, { outcome: 'offered', plan: plan(code, `$${code}`), outbox: () => [] });
  }
  expect(store.plans.open().map((row) => row.code)).toEqual(['Z1', 'A2']);
  expect(store.plans.close('Z1', 'cancelled')).toBe(true);
  expect(store.plans.close('Z1', 'expired')).toBe(false);
  expect(store.plans.get('Z1')?.state).toBe('cancelled');
  expect(store.plans.open().map((row) => row.code)).toEqual(['A2']);
  expect(store.plans.close('none', 'expired')).toBe(false);
});

test('a code that is in use is not given to another plan', () => {
  const { store } = makeStore();
  store.inbox.receive(inboxEvent('$a'));
  store.inbox.receive(inboxEvent('$b'));
  store.finish('$a', { outcome: 'offered', plan: plan('K7', '$a'), outbox: () => [] });
  store.plans.close('K7', 'cancelled');
  expect(() => store.finish('$b', { outcome: 'offered', plan: plan('K7', '$b'), outbox: () => [] })).toThrow();
  expect(store.plans.get('K7')?.source).toBe('$a');
  expect(store.inbox.get('$b')?.state).toBe('received');
});
