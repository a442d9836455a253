import { Problem } from '../../core/problem.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { UserDetails } from '../../homeserver/users.ts';
import type { Capabilities } from '../define.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';

/** An account as which the bot can do something; `doing` that it never does as itself: "tag the rooms of". */
export async function puppetAccount(
  userId: string,
  { users, adminRoom }: Pick<Capabilities, 'users' | 'adminRoom'>,
  doing: string,
): Promise<UserDetails> {
  notTheBot(userId, adminRoom.botId, doing);
  const account = await localAccount(users, userId);
  if (!account.locked) return account;
  throw new Problem(
    'conflict',
    say`${code(userId)} is locked: the server lets nobody act as it. Nothing was done.`,
    say`Unlock it first, with ${commandLine(`user unlock ${userId}`)}.`,
  );
}
