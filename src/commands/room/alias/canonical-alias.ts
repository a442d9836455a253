import { code, say, type Text } from '../../../core/text.ts';
import type { RoomData } from '../../../homeserver/room-data.ts';
import { ifTold } from '../../if-told.ts';

type Content = Readonly<Record<string, unknown>>;

/** What a room says its own addresses are (Client-Server API, `m.room.canonical_alias`); empty where it says nothing. */
export async function canonicalAlias(roomData: RoomData, roomId: string): Promise<Content> {
  // Where it cannot be read, the bot is not in the room.
  const [event] = (await ifTold(roomData.state(roomId, 'm.room.canonical_alias'))) ?? [];
  return event?.content ?? {};
}

/** Whether these addresses hold the alias. */
export function names({ alias, alt_aliases }: Content, asked: string): boolean {
  return alias === asked || (Array.isArray(alt_aliases) && alt_aliases.includes(asked));
}

/** What to say of a room that goes on naming an alias which leads there no more; nothing where it does not. */
export async function staleNote(roomData: RoomData, roomId: string, alias: string): Promise<Text> {
  if (!names(await canonicalAlias(roomData, roomId), alias)) return say``;
  return say` The room ${code(roomId)} still names ${code(alias)} as its address: that stands in the room's own state, where I have no power. Somebody with power there can change it.`;
}
