import { expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/store/store.ts';
import { makeStore } from './store-file.ts';

const entry = (roomId: string, more: Partial<LedgerEntry> = {}): Omit<LedgerEntry, 'at'> => ({
  kind: 'ban',
  roomId,
  actor: '@alice:one.test',
  source: '$command',
  detail: { state: 'begun', aliases: ['#a:one.test'], name: 'A | “room”\n' },
  ...more,
});

test('a room is kept with what was known of it and when, over a new start', () => {
  const { store, path } = makeStore();
  store.ledger.put(entry('!a:one.test'));
  store.close();
  const { store: again } = makeStore(path);
  expect(again.ledger.get('ban', '!a:one.test')).toEqual({ ...entry('!a:one.test'), at: 1_000_000 });
  expect(again.ledger.get('ban', '!b:one.test')).toBeUndefined();
});

test('a second entry replaces the first of its kind, and only that', () => {
  const { store, time } = makeStore();
  store.ledger.put(entry('!a:one.test'));
  store.ledger.put(entry('!a:one.test', { kind: 'federation', detail: { acl: null } }));
  time.now += 5;
  store.ledger.put(entry('!a:one.test', { actor: '@bob:one.test', detail: { state: 'banned' } }));
  expect(store.ledger.list('ban')).toEqual([
    { ...entry('!a:one.test', { actor: '@bob:one.test', detail: { state: 'banned' } }), at: 1_000_005 },
  ]);
  expect(store.ledger.get('federation', '!a:one.test')?.detail).toEqual({ acl: null });
});

test('the newest come first, and of one moment they have an order', () => {
  const { store, time } = makeStore();
  store.ledger.put(entry('!old:one.test'));
  time.now += 1;
  store.ledger.put(entry('!b:one.test'));
  store.ledger.put(entry('!a:one.test'));
  expect(store.ledger.list('ban').map(({ roomId }) => roomId)).toEqual(['!a:one.test', '!b:one.test', '!old:one.test']);
  expect(store.ledger.list('federation')).toEqual([]);
});

test('what is removed is gone, the other kind stays, and a second removal does no harm', () => {
  const { store } = makeStore();
  store.ledger.put(entry('!a:one.test'));
  store.ledger.put(entry('!a:one.test', { kind: 'federation' }));
  store.ledger.remove('ban', '!a:one.test');
  store.ledger.remove('ban', '!a:one.test');
  expect(store.ledger.get('ban', '!a:one.test')).toBeUndefined();
  expect(store.ledger.get('federation', '!a:one.test')).toBeDefined();
});

test('pruning keeps the ledger, however old it is', () => {
  const { store, time } = makeStore();
  store.ledger.put(entry('!a:one.test'));
  store.prune(time.now + 1000 * 24 * 60 * 60_000);
  expect(store.ledger.get('ban', '!a:one.test')).toBeDefined();
});
