import { localpartOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';

/** Throws `Problem('unsupported')` where accounts are another service's; `line`: what `mas-cli manage` does it there. */
export type RefuseDelegated = (userId: string, line?: (username: string) => string) => Promise<void>;

/**
 * Under a Matrix Authentication Service Synapse would say yes to much that concerns accounts and change only its own
 * copy; so nothing is done.
 */
export function createRefuseDelegated(delegatesAccounts: () => Promise<boolean>): RefuseDelegated {
  return async (userId, line) => {
    if (!(await delegatesAccounts())) return;
    throw new Problem(
      'unsupported',
      say`Accounts of this server live in its Matrix Authentication Service, which the bot does not change.`,
      line
        ? say`On that service's host: ${code(`mas-cli manage ${line(localpartOf(userId))}`)}`
        : say`Use that service's own administration.`,
    );
  };
}
