import { expect, test } from 'vitest';
import { takeLock } from '../../src/store/lock.ts';
import { openStore } from '../../src/store/open.ts';
import { start } from './processes.ts';
import { makeStore, storeFile } from './store-file.ts';

test('the lock is held by one process at a time and is free after kill −9', async () => {
  const path = storeFile();
  const first = start('lock-holder.ts', path);
  await first.printed(1);
  expect(first.lines).toEqual(['held']);
  expect(takeLock(path)).toBeUndefined();
  const second = start('lock-holder.ts', path);
  await second.printed(1);
  expect(second.lines).toEqual(['taken']);

  await first.kill();
  const lock = takeLock(path);
  expect(lock).toBeDefined();
  const third = start('lock-holder.ts', path);
  await third.printed(1);
  expect(third.lines).toEqual(['taken']);
  lock?.release();
  lock?.release();
  const fourth = start('lock-holder.ts', path);
  await fourth.printed(1);
  expect(fourth.lines).toEqual(['held']);
});

test('a process that holds the lock cannot take it again, and asking does not lose it', async () => {
  const path = storeFile();
  const lock = takeLock(path);
  expect(takeLock(path)).toBeUndefined();
  const other = start('lock-holder.ts', path);
  await other.printed(1);
  expect(other.lines).toEqual(['taken']);
  lock?.release();
  expect(takeLock(path)).toBeDefined();
});

test('a store is opened beside the holder of its lock, but not migrated', async () => {
  const path = storeFile();
  const holder = start('lock-holder.ts', path);
  await holder.printed(1);
  expect(() => openStore(path, { clock: () => 0 })).toThrow(/not of this version/);
  await holder.kill();
  openStore(path, { clock: () => 0 }).close();
  const next = start('lock-holder.ts', path);
  await next.printed(1);
  expect(next.lines).toEqual(['held']);
  const { store } = makeStore(path);
  store.values.set('a', 'b');
  expect(store.values.get('a')).toBe('b');
});

test('the holder of the lock migrates, and still holds it afterwards', async () => {
  const path = storeFile();
  const lock = takeLock(path);
  openStore(path, { clock: () => 0 }).close();
  const other = start('lock-holder.ts', path);
  await other.printed(1);
  expect(other.lines).toEqual(['taken']);
  lock?.release();
});
