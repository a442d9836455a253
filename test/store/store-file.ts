import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';

/** A path for a store in a folder of its own, gone when the test is over. */
export function storeFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'data', 'castellan.db');
}

/** A store with a clock that stands still until it is set. */
export function makeStore(path = storeFile()): { store: Store; path: string; time: { now: number } } {
  const time = { now: 1_000_000 };
  const store = openStore(path, { clock: () => time.now });
  onTestFinished(() => store.close());
  return { store, path, time };
}
