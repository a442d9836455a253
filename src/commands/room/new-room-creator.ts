import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { DeletionOrder } from '../../homeserver/deletions.ts';
import type { Users } from '../../homeserver/users.ts';

/**
 * Whether who is to make the new room is registered, which nobody needs to be. A suspended account cannot: Synapse
 * would find that out in the middle (1.160: the deletion fails with "Sending messages while account is suspended").
 */
export async function newRoomCreator(users: Users, { newRoom }: DeletionOrder): Promise<boolean> {
  if (newRoom === undefined) return true;
  const account = await users.get(newRoom.creator);
  if (account?.suspended) {
    throw new Problem(
      'conflict',
      say`${code(newRoom.creator)} is suspended, so it cannot make the new room.`,
      say`Name another account with ${code('-u')}; it need not be registered.`,
    );
  }
  return account !== undefined;
}
