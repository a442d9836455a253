import { setTimeout as delay } from 'node:timers/promises';
import { StorageProblem } from '../store/storage-problem.ts';
import type { Context } from './context.ts';

const retryMs = 1_000;

/**
 * Writes to the store, again and again while its disk is full or read-only. False where the bot stops before that: what
 * is open stays open, and is taken up at the next start. `onFailure` is called at the first failure.
 */
export async function untilWritten(
  { stopped, log }: Pick<Context, 'stopped' | 'log'>,
  write: () => void,
  onFailure: () => void = () => undefined,
): Promise<boolean> {
  for (let tries = 0; ; tries += 1) {
    try {
      write();
      return true;
    } catch (error) {
      if (!(error instanceof StorageProblem)) throw error;
    }
    if (tries === 0) {
      log.error({}, 'the database cannot be written; trying again until it can');
      onFailure();
    }
    await delay(retryMs, undefined, { ref: false });
    if (stopped()) return false;
  }
}
