import type { Users } from '../../homeserver/users.ts';

/** Whether somebody is in the room; an invite that still stands counts: whoever has one may come in and read. */
export async function isHere(users: Users, roomId: string, userId: string): Promise<boolean> {
  const membership = (await users.memberships(userId)).get(roomId);
  return membership === 'join' || membership === 'invite' || membership === 'knock';
}
