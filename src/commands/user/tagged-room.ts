import { Problem } from '../../core/problem.ts';
import { code, say, type Text } from '../../core/text.ts';
import type { Capabilities } from '../define.ts';
import { namedRoom } from '../room/named-room.ts';
import { roomIdOf } from '../room/room-id-of.ts';
import { puppetAccount } from './puppet-account.ts';

/** A room that an account may have tagged. Throws Problem where nobody can look as that account. */
export async function taggedRoom(
  user: string,
  asked: string,
  caps: Pick<Capabilities, 'users' | 'rooms' | 'adminRoom'>,
): Promise<{ readonly roomId: string; readonly inWords: Text }> {
  await puppetAccount(user, caps, 'meddle with the tags of');
  const roomId = await roomIdOf(caps.rooms, asked);
  if ((await caps.users.memberships(user)).has(roomId)) return { roomId, inWords: await namedRoom(caps.rooms, roomId) };
  throw new Problem('conflict', say`${code(user)} has never been in ${await namedRoom(caps.rooms, roomId)}.`);
}
