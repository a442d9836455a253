import { serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { code, commandLine, say, type Text } from '../../core/text.ts';
import type { RoomDetails } from '../../homeserver/rooms.ts';
import type { Capabilities } from '../define.ts';
import { roomInWords } from './named-room.ts';
import { notTheAdminRoom } from './not-the-admin-room.ts';
import { type RoomPower, roomPower } from './room-power.ts';

type Caps = Pick<Capabilities, 'rooms' | 'roomData' | 'users' | 'adminRoom'>;

/** `open`: anybody can simply be joined. `entering`: the bot has to go in first, by somebody's power (`openRoom`). */
export type WayInto = 'open' | 'entering';

/** How people of this server can be brought into a room. Throws Problem where they cannot, and says why. */
export async function wayInto(room: RoomDetails, caps: Caps): Promise<WayInto> {
  const { roomId, blocked, joinRules, joinedLocalMembers } = room;
  notTheAdminRoom(roomId, caps.adminRoom.roomId, 'bring anybody into');
  if (blocked) {
    throw new Problem(
      'conflict',
      say`${roomInWords(room)} is blocked on this server: nobody here can join it.`,
      say`${commandLine(`room unblock ${roomId}`)} lifts that.`,
    );
  }
  // Where nobody of ours is in it, the other servers' answer is all there is.
  if (joinRules === 'public' || joinedLocalMembers === 0) return 'open';
  const power = await roomPower(caps.roomData, roomId);
  if (power === undefined) return 'open';
  const members = await caps.rooms.members(roomId);
  const { botId } = caps.adminRoom;
  if (members.includes(botId) && power.of(botId) >= power.toInvite()) return 'open';
  const why =
    (await caps.users.memberships(botId)).get(roomId) === 'ban'
      ? say`I am banned from it`
      : await whyNobodyLetsIn(power, members, caps);
  if (why === undefined) return 'entering';
  throw new Problem(
    'conflict',
    say`${roomInWords(room)} is not public, so one can only be let in, and ${why}.`,
    say`Somebody in that room has to invite.`,
  );
}

/** Why the homeserver could not give its mightiest local member's power to the bot; `undefined` where it could. */
export async function whyNobodyLetsIn(
  power: RoomPower,
  members: readonly string[],
  { users, adminRoom }: Pick<Caps, 'users' | 'adminRoom'>,
): Promise<Text | undefined> {
  const ours = serverOf(adminRoom.botId);
  const mightiest = power.named.find(({ userId }) => serverOf(userId) === ours && members.includes(userId));
  if (mightiest === undefined) return say`nobody of this server who is in it has any power there`;
  const needed = power.toSet('m.room.power_levels');
  if (mightiest.level < needed) {
    return say`the mightiest member from this server, ${code(mightiest.userId)}, has power ${mightiest.level}, while changing who has power takes ${needed}`;
  }
  if ((await users.get(mightiest.userId))?.suspended)
    return say`the mightiest member from this server, ${code(mightiest.userId)}, is suspended`;
  return undefined;
}
