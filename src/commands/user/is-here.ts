import type { Users } from '../../homeserver/users.ts';
import { ifTold } from '../if-told.ts';
import type { Local } from '../local.ts';

/** Whether somebody is in the room; an invite that still stands counts: whoever has one may come in and read. */
export async function isHere(users: Users, adminRoom: Local['adminRoom'], userId: string): Promise<boolean> {
  const rooms = await ifTold(users.memberships(userId));
  if (rooms === undefined) return (await adminRoom.members()).has(userId);
  const membership = rooms.get(adminRoom.roomId);
  return membership === 'join' || membership === 'invite' || membership === 'knock';
}
