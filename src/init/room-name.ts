import { parseAlias, parseRoomId } from '../core/ids.ts';

/** `admins`, `#admins` and `#admins:example.org` name the same room; an id stays. Throws Problem `usage`. */
export function roomName(room: string, serverName: string): string {
  if (room.startsWith('!')) return parseRoomId(room);
  return parseAlias(room.startsWith('#') ? room : `#${room}`, serverName);
}
