import { code, counted, say, type Text } from '../../core/text.ts';
import type { RoomRow, Rooms } from '../../homeserver/rooms.ts';

/** "`!abc:example.org` (“Lobby”, 12 members)". */
export function roomInWords({ roomId, name, joinedMembers }: RoomRow): Text {
  const members = counted(joinedMembers, 'member');
  return name === null ? say`${code(roomId)} (${members})` : say`${code(roomId)} (“${name}”, ${members})`;
}

/** The same of a room by its id, which alone is shown where this server does not know it. */
export async function namedRoom(rooms: Rooms, roomId: string): Promise<Text> {
  const room = await rooms.get(roomId);
  return room === undefined ? say`${code(roomId)} (unknown here)` : roomInWords(room);
}
