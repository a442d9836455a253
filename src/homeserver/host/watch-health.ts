import { setTimeout as delay } from 'node:timers/promises';
import { exchange } from '../../exchange.ts';

/** How often it is looked. */
const everyMs = 100;
const patienceMs = 5_000;

/** Follows whether the homeserver answers, from now on until `stop`. */
export interface HealthWatch {
  /** True once it did not answer. */
  wentDown(): boolean;
  isUp(): boolean;
  /** Resolves with true when `holds`, with false after so many milliseconds. */
  until(holds: (watch: HealthWatch) => boolean, withinMs: number): Promise<boolean>;
  stop(): void;
}

/** One look at `/health`, which needs no token; false where there is no good answer. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const { status } = await exchange(url, { signal: AbortSignal.timeout(patienceMs) });
    return status >= 200 && status < 300;
  } catch {
    return false;
  }
}

export function watchHealth(url: string): HealthWatch {
  let up = false;
  let down = false;
  let over = false;
  const looking = (async () => {
    while (!over) {
      up = await isHealthy(url);
      down ||= !up;
      await delay(everyMs);
    }
  })();
  const watch: HealthWatch = {
    wentDown: () => down,
    isUp: () => up,
    async until(holds, withinMs) {
      const end = performance.now() + withinMs;
      while (!holds(watch)) {
        if (performance.now() > end) return false;
        await delay(everyMs / 2);
      }
      return true;
    },
    stop() {
      over = true;
      void looking;
    },
  };
  return watch;
}
