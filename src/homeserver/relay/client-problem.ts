import { Problem } from '../../core/problem.ts';
import { say } from '../../core/text.ts';
import { MatrixFault, NoAnswer } from '../../http.ts';

/** What the person can do about a call of the client API that failed; anything else is handed back as it is. */
export function clientProblem(error: unknown, writes: boolean): unknown {
  if (error instanceof MatrixFault) {
    if (error.status === 403)
      return new Problem('forbidden', say`The homeserver refuses the bot that: ${error.reason}`);
    if (error.status === 404) return new Problem('not-found', say`The homeserver does not find it: ${error.reason}`);
    if (error.status === 409) return new Problem('exists', say`The homeserver has it already: ${error.reason}`);
    if (error.status >= 500 && writes)
      return new Problem(
        'unknown-outcome',
        say`The homeserver failed: ${error.reason} The change may have been made, or not.`,
      );
    const code = error.status >= 500 || error.status === 429 ? 'unavailable' : 'rejected';
    return new Problem(code, say`The homeserver refused: ${error.reason}`);
  }
  if (!(error instanceof NoAnswer)) return error;
  if (writes && error.ambiguous)
    return new Problem('unknown-outcome', say`The homeserver gave no answer. The change may have been made, or not.`);
  return new Problem('unavailable', say`The homeserver gives no answer.`, say`Nothing was changed; try again later.`);
}

/** Runs a call of the client API. Throws Problem where it fails. */
export async function viaClient<Value>(call: () => Promise<Value>, writes = false): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    throw clientProblem(error, writes);
  }
}
