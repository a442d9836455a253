import { z } from 'zod';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import { MatrixFault, NoAnswer } from '../http.ts';

/**
 * Runs one step of setting up; `aim` completes "could not …". What the homeserver did not do becomes a Problem that
 * says which step failed; running `init` again goes on from there, since every step looks before it acts.
 */
export async function attempt<Result>(aim: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw explained(aim, error);
  }
}

function explained(aim: string, error: unknown): unknown {
  if (error instanceof MatrixFault) {
    const wait = error.retryAfterMs === undefined ? '' : ` It asks to wait ${Math.ceil(error.retryAfterMs / 1000)} s.`;
    return new Problem(
      'rejected',
      say`Could not ${aim}: the homeserver said no (${error.status} ${error.errcode}): ${error.reason}.${wait}`,
    );
  }
  if (error instanceof NoAnswer && error.ambiguous) {
    return new Problem(
      'unknown-outcome',
      say`Could not ${aim}: ${error.message}. It may have been done.`,
      say`Run ${code('castellan init')} again: it looks first and goes on from there.`,
    );
  }
  if (error instanceof NoAnswer) {
    return new Problem(
      'unavailable',
      say`Could not ${aim}: ${error.message}.`,
      say`Is the address right, and the homeserver up?`,
    );
  }
  if (error instanceof z.ZodError) {
    return new Problem('unavailable', say`Could not ${aim}: the answer is not one a Synapse gives.`);
  }
  return error;
}
