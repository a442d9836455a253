import { say, type Text } from '../../core/text.ts';
import type { Membership, UserDetails } from '../../homeserver/users.ts';

/** Why an account cannot, or must not, be brought into a room in which it has this membership; `undefined` where it can. */
export function whyNotJoin(
  { deactivated, suspended }: Pick<UserDetails, 'deactivated' | 'suspended'>,
  membership: Membership | undefined,
): Text | undefined {
  // Synapse would bring it in all the same, where nobody could ever take it out again.
  if (deactivated) return say`is deactivated`;
  if (suspended) return say`is suspended, so the server lets it join nothing`;
  if (membership === 'ban') return say`is banned from that room`;
  return undefined;
}
