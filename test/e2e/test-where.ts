import { test } from 'vitest';

/** Declares a test where there is something to test: what a dialect lacks is not a test that was left out. */
export function testWhere(there: unknown): (name: string, body: () => Promise<void>) => void {
  return there ? test : () => undefined;
}
