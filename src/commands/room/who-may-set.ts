import { serverOf } from '../../core/ids.ts';
import type { Capabilities } from '../define.ts';
import { roomPower } from './room-power.ts';

/** So many members with power are asked after before it is given up. */
const mostTried = 20;

/** As whom state of this type can be set in a room: the bot, else a local member with the power. `undefined`: nobody. */
export async function whoMaySet(
  roomId: string,
  type: string,
  { users, rooms, roomData, adminRoom }: Pick<Capabilities, 'users' | 'rooms' | 'roomData' | 'adminRoom'>,
): Promise<string | undefined> {
  const power = await roomPower(roomData, roomId);
  if (power === undefined) return undefined;
  const { botId } = adminRoom;
  const members = new Set(await rooms.members(roomId));
  const needed = power.toSet(type);
  if (members.has(botId) && power.of(botId) >= needed) return botId;
  const ours = serverOf(botId);
  const candidates = power.named.filter(
    ({ userId, level }) => level >= needed && serverOf(userId) === ours && members.has(userId),
  );
  for (const { userId } of candidates.slice(0, mostTried)) {
    const member = await users.get(userId);
    if (member !== undefined && !member.locked && !member.suspended && !member.deactivated) return userId;
  }
  return undefined;
}
