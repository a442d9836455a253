import type { UserDetails } from '../../homeserver/users.ts';
import type { Settled } from '../define.ts';

/**
 * Whether the account that was asked for at `since` (epoch ms by the homeserver's clock) was made by that: one that is
 * older belongs to somebody else, and nothing of it may be touched. Synapse keeps whole seconds.
 */
export function createdSince(account: UserDetails | undefined, since: number): Settled {
  // Where the server does not tell when, nobody can tell whose it is.
  if (account !== undefined && account.createdAt === undefined) return 'unknown';
  const second = Math.floor(since / 1000) * 1000;
  return account !== undefined && (account.createdAt ?? 0) >= second ? 'done' : 'not done';
}
