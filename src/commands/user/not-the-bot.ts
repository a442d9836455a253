import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';

/** Throws `Problem('never')` where an act would take something from the bot itself; `doing`: "lock". */
export function notTheBot(userId: string, botId: string, doing: string): void {
  if (userId === botId) throw new Problem('never', say`${code(userId)} is me. I never ${doing} my own account.`);
}
