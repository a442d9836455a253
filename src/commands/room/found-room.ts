import { Problem } from '../../core/problem.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { RoomDetails, Rooms } from '../../homeserver/rooms.ts';
import { roomIdOf } from './room-id-of.ts';

/** The room an id or alias stands for, as this server knows it, or a Problem that says which of the two is wrong. */
export async function foundRoom(rooms: Rooms, idOrAlias: string): Promise<RoomDetails> {
  const roomId = await roomIdOf(rooms, idOrAlias);
  const room = await rooms.get(roomId);
  if (room) return room;
  throw new Problem(
    'not-found',
    say`This server does not know the room ${code(roomId)}.`,
    say`Look for the room with ${commandLine('room list-rooms --name …')}.`,
  );
}
