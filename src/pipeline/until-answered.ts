import type { Log } from '../log.ts';
import { backoffMs, pause } from '../matrix/pause.ts';
import { isAway } from './is-away.ts';

/** Asks again and again while the homeserver is away: a bot that starts in the middle of an outage waits for its end. */
export async function untilAnswered<T>(log: Log, ask: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await ask();
    } catch (error) {
      if (!isAway(error)) throw error;
      log.warn({ attempt: failures }, 'waiting for the homeserver to answer');
      await pause(backoffMs(failures));
    }
  }
}
