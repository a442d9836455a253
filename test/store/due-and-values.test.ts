import { expect, test } from 'vitest';
import type { Due } from '../../src/store/store.ts';
import { makeStore } from './store-file.ts';

const due = (key: string, at: number): Due => ({ key, kind: 'redact', roomId: '!r:one.test', target: `$${key}`, at });

test('what is due is given by time, until it is done, over a new start', () => {
  const { store, path } = makeStore();
  expect(store.due.next()).toBeUndefined();
  store.due.add(due('b', 20));
  store.due.add(due('a', 10));
  store.due.add(due('c', 30));
  store.close();
  const { store: again } = makeStore(path);
  expect(again.due.next()).toBe(10);
  expect(again.due.ready(20)).toEqual([due('a', 10), due('b', 20)]);
  expect(again.due.get('b')).toEqual(due('b', 20));
  again.due.done('a');
  expect(again.due.get('a')).toBeUndefined();
  again.due.add(due('b', 40));
  expect(again.due.next()).toBe(30);
  expect(again.due.ready(39)).toEqual([due('c', 30)]);
});

test('a value is kept until it is set anew or deleted', () => {
  const { store, path } = makeStore();
  expect(store.values.get('since')).toBeUndefined();
  store.values.set('since', 's1');
  store.values.set('since', 's2');
  store.close();
  const { store: again } = makeStore(path);
  expect(again.values.get('since')).toBe('s2');
  again.values.delete('since');
  expect(again.values.get('since')).toBeUndefined();
});
