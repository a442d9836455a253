import type { Log } from '../log.ts';
import { problemOf } from '../pipeline/problem-of.ts';

/** What ends the work on a job before its time, and how an absent homeserver is waited for. */
export interface Halt {
  readonly log: Log;
  /** The bot stops: everything is left as it is. */
  stopped(): boolean;
  /** Somebody has cancelled the job. */
  cancelled(): boolean;
  /** Resolves early when the job is cancelled and when the bot stops. */
  pause(ms: number): Promise<void>;
  /** The homeserver gives no answer, or gives one again; called by turns. */
  away(is: boolean): void;
}

/** The homeserver is asked again after so long while it is away; it doubles up to the second figure. */
const firstPauseMs = 500;
const longestPauseMs = 30_000;

/** Asks until the homeserver answers, as long as it takes; `undefined` where the bot stops or the job is cancelled meanwhile. */
export async function insist<T>(halt: Halt, ask: () => Promise<T>): Promise<T | undefined> {
  let away = false;
  try {
    for (let wait = firstPauseMs; !halt.stopped(); wait = Math.min(wait * 2, longestPauseMs)) {
      try {
        return await ask();
      } catch (error) {
        const problem = problemOf(error, halt.log);
        if (problem.code !== 'unavailable') throw problem;
      }
      if (!away) halt.away(true);
      away = true;
      if (!halt.cancelled()) await halt.pause(wait);
      if (halt.cancelled()) return undefined;
    }
    return undefined;
  } finally {
    if (away) halt.away(false);
  }
}
