import { setTimeout as delay } from 'node:timers/promises';

/** Waits that many milliseconds, or less when `signal` aborts; never rejects. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** Milliseconds to wait after that many failures in a row: 0.5 s growing to 5 s, spread so that bots do not return in step. */
export function backoffMs(failures: number): number {
  return Math.min(500 * 2 ** Math.max(0, failures - 1), 5_000) * (0.75 + Math.random() / 4);
}
