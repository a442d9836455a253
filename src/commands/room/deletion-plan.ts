import { code, commandLine, joined, say, type Text } from '../../core/text.ts';
import type { DeletionOrder } from '../../homeserver/deletions.ts';
import type { RoomDetails } from '../../homeserver/rooms.ts';
import type { Capabilities } from '../define.ts';
import { deletionUnderWay } from './deletion-under-way.ts';
import { roomMark } from './room-mark.ts';

type Caps = Pick<Capabilities, 'rooms' | 'deletions'>;

/** What a plan shows of a room that is to go. `mine`: rooms that the requester is in. */
export async function deletionMark(
  { rooms, deletions }: Caps,
  room: RoomDetails,
  mine: ReadonlySet<string>,
): Promise<Text> {
  const aliases = await rooms.aliases(room.roomId);
  const open = (await deletionUnderWay(deletions, room.roomId)) !== undefined;
  return joined([
    roomMark(room, aliases, mine),
    ...(open ? [say`**is being deleted already**, which is followed`] : []),
  ]);
}

/** What cannot be undone, and what others will see, of deleting rooms; `some`: any of the rooms is so. */
export function deletionCautions(
  order: DeletionOrder,
  some: { readonly aliases: boolean; readonly remote: boolean; readonly creatorKnown: boolean },
): Text[] {
  const { block, purge, forcePurge, newRoom } = order;
  return [
    purge
      ? say`All messages and state go from this server's database. **That cannot be undone.** Files stay in the media store.`
      : say`The people of this server are taken out; who was in it cannot be put back by me. The history stays in the database.`,
    ...(some.remote ? [say`People of other servers stay in it, and it goes on there.`] : []),
    block
      ? say`Nobody of this server can join again, until ${commandLine('room unblock')}.`
      : say`Nothing keeps people from joining again where the room goes on; ${code('--block')} does.`,
    ...(newRoom === undefined ? [] : newRoomCautions(newRoom, some.creatorKnown)),
    ...(some.aliases && newRoom === undefined
      ? [purge ? say`Local aliases are gone then, and free for anybody.` : say`Local aliases go on leading to it.`]
      : []),
    ...(forcePurge ? [say`What cannot be taken out in order is purged all the same, and may leave traces.`] : []),
    say`Open invites of this server's people are rejected. Once begun, the homeserver cannot be stopped.`,
  ];
}

function newRoomCautions({ creator, name, message }: NonNullable<DeletionOrder['newRoom']>, known: boolean): Text[] {
  return [
    say`A new room “${name}” is made by ${code(creator)}, and everybody of this server who was joined is put into it without being asked. They cannot write there; it says: “${message}” Local aliases lead there then.`,
    ...(known
      ? []
      : [say`${code(creator)} is not registered: the homeserver makes the room in that name all the same.`]),
  ];
}

export const deletionHelp = [
  'Purging cannot be undone; people of other servers keep the room. `--no-purge` keeps the history, `room block` alone only keeps people from joining.',
  'With `-u`, everybody of this server is put into a new room where only that account can write, and the local aliases lead there.',
  'The deletion is the homeserver’s own: it goes on over restarts, after which it may stand still for up to three minutes; cancelling the job does not stop it.',
];

export const deletionInstead = (roomId: string): Text =>
  say`${commandLine(`room block ${roomId}`)} only keeps people from joining and can be taken back.`;
