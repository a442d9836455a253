import type { RoomData } from '../../homeserver/room-data.ts';
import { ifTold } from '../if-told.ts';
import { powerIn } from './power-in.ts';

/** Levels in a room, as numbers to compare; creators above all levels have `Infinity`. */
export interface RoomPower {
  of(userId: string): number;
  /** What it takes to set state of this type. */
  toSet(type: string): number;
  toInvite(): number;
  toSend(type: string): number;
  toRedactOthers(): number;
  /** Who stands above a member that nobody has given anything, the mightiest first. */
  readonly named: readonly { readonly userId: string; readonly level: number }[];
  /** False where no power levels were ever set. */
  readonly set: boolean;
}

/** `undefined` where nobody of this server is in the room, so that its state is not known. */
export async function roomPower(roomData: RoomData, roomId: string): Promise<RoomPower | undefined> {
  const [create] = (await ifTold(roomData.state(roomId, 'm.room.create'))) ?? [];
  if (create === undefined) return undefined;
  const [levels] = await roomData.state(roomId, 'm.room.power_levels');
  const { users, needed } = powerIn(create, levels);
  const numbers = new Map(needed);
  const number = (label: string, otherwise: string): number => numbers.get(label) ?? numbers.get(otherwise) ?? 0;
  const usual = number('Of users not named', '');
  const all = users.map(({ userId, level }) => ({ userId, level: level ?? Number.POSITIVE_INFINITY }));
  return {
    of: (userId) => all.find((one) => one.userId === userId)?.level ?? usual,
    toSet: (type) => number(`Send ${type}`, 'Change settings'),
    toInvite: () => number('Invite', ''),
    toSend: (type) => number(`Send ${type}`, 'Send messages'),
    toRedactOthers: () => Math.max(number('Redact others', ''), number('Send m.room.redaction', 'Send messages')),
    named: all.filter(({ level }) => level > usual),
    set: levels !== undefined,
  };
}
