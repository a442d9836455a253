import { Problem } from '../../core/problem.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { UserDetails, Users } from '../../homeserver/users.ts';

/** The account, or a Problem: Synapse takes some calls for unknown users as a success. */
export async function localAccount(users: Users, userId: string): Promise<UserDetails> {
  const account = await users.get(userId);
  if (account) return account;
  throw new Problem(
    'not-found',
    say`There is no account ${code(userId)} on this server.`,
    say`Look for it with ${commandLine(`user list-users --name ${userId.slice(1, userId.indexOf(':'))}`)}.`,
  );
}
