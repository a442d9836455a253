import { randomBytes } from 'node:crypto';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import { MatrixFault, NoAnswer } from '../http.ts';
import { errorFields, type Log } from '../log.ts';

/** Every failure as words for people: what we did not foresee is logged under a reference, and only that is shown. */
export function problemOf(error: unknown, log: Log): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof NoAnswer) {
    return error.ambiguous
      ? new Problem('unknown-outcome', say`The homeserver gave no answer; this may have been done.`)
      : new Problem('unavailable', say`The homeserver gave no answer; nothing was done.`, say`Try again in a moment.`);
  }
  if (error instanceof MatrixFault) return new Problem('rejected', say`The homeserver refused: ${error.reason}`);
  const errorRef = randomBytes(4).toString('hex');
  log.error({ errorRef, ...errorFields(error) }, 'something unforeseen happened');
  return new Problem(
    'internal',
    say`Something unforeseen happened inside the bot.`,
    say`The log has it under the reference ${code(errorRef)}. Please report it.`,
  );
}
