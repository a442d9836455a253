import { clean } from '../../core/clean.ts';
import { counted, joined, say, type Text } from '../../core/text.ts';
import type { RoomDetails } from '../../homeserver/rooms.ts';

/** From so many members on a room is marked as large. */
const largeFrom = 100;
const namedAliases = 5;
const longestName = 80;

/** What stands out about a room in a plan: "“Lobby”, **5,000 members: a large room**, 12 of them local, #lobby:…". */
export function roomMark(room: RoomDetails, aliases: readonly string[], mine: ReadonlySet<string>): Text {
  const { roomId, name, joinedMembers, joinedLocalMembers, blocked } = room;
  const members = counted(joinedMembers, 'member');
  const shown = aliases.slice(0, namedAliases).join(', ');
  const more = aliases.length - namedAliases;
  return joined([
    name === null ? say`no name` : say`“${clean(name, longestName)}”`,
    joinedMembers >= largeFrom ? say`**${members}: a large room**` : say`${members}`,
    ...(joinedLocalMembers === null ? [] : [say`${joinedLocalMembers.toLocaleString('en')} of them from here`]),
    ...(aliases.length === 0
      ? [say`no local alias`]
      : [
          say`${aliases.length === 1 ? 'local alias' : 'local aliases'} ${shown}${more > 0 ? say` and ${more} more` : say``}`,
        ]),
    ...(mine.has(roomId) ? [say`**you are in it**`] : []),
    ...(blocked ? [say`blocked already`] : []),
  ]);
}

/** The words any of which confirms an act on one room. */
export function roomWords({ roomId, canonicalAlias }: RoomDetails): string[] {
  // What a room calls itself is anybody's text; only what can be typed as one word is a word to type.
  return canonicalAlias !== null && /^#[^\s`]+$/.test(canonicalAlias) ? [roomId, canonicalAlias] : [roomId];
}
