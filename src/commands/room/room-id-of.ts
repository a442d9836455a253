import { Problem } from '../../core/problem.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { Rooms } from '../../homeserver/rooms.ts';

/** The id that a room's id or alias stands for, of a room that this server need not know. */
export async function roomIdOf(rooms: Rooms, idOrAlias: string): Promise<string> {
  const roomId = await rooms.resolve(idOrAlias);
  if (roomId !== undefined) return roomId;
  throw new Problem(
    'not-found',
    say`The alias ${code(idOrAlias)} leads nowhere.`,
    say`Look for the room with ${commandLine('room list-rooms --name …')}.`,
  );
}
