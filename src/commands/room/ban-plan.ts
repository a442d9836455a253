import { commandLine, say, type Text } from '../../core/text.ts';
import type { RoomDetails } from '../../homeserver/rooms.ts';
import type { Capabilities } from '../define.ts';
import { bannedIn } from './banned.ts';
import { roomMark } from './room-mark.ts';

export const banHelp = [
  'Everybody of this server is taken out and nobody can join again; its history stays in the database. People of other servers keep the room.',
  'Federation of the room ends with its last local member. `room moderation unban-room` lifts the block and brings back nothing else.',
];

export const banCautions: readonly Text[] = [
  say`Everybody of this server is taken out, and open invites are rejected. **I cannot put them back.**`,
  say`Its local aliases are removed, and it leaves the directory. Its history stays in the database.`,
  say`Federation of the room ends here with its last local member; people of other servers stay in it, and it goes on there.`,
  say`Nobody of this server can join it until ${commandLine('room moderation unban-room')}.`,
];

/** Why a room need not be banned; `undefined` where it must. */
export async function bannedAlready(
  { rooms, ledger }: Pick<Capabilities, 'rooms' | 'ledger'>,
  roomId: string,
  room: RoomDetails | undefined,
): Promise<Text | undefined> {
  const entry = ledger.get('ban', roomId);
  if (entry === undefined || bannedIn(entry).state !== 'banned') return undefined;
  const again = (room?.joinedLocalMembers ?? 0) > 0 || !(await rooms.isBlocked(roomId));
  return again ? undefined : say`is banned already`;
}

/** What a plan shows of a room to be banned. */
export async function banMark(
  { rooms }: Pick<Capabilities, 'rooms'>,
  roomId: string,
  room: RoomDetails | undefined,
  mine: ReadonlySet<string>,
): Promise<Text> {
  if (room === undefined) return say`never seen by this server; it is only blocked`;
  return roomMark(room, await rooms.aliases(roomId), mine);
}
