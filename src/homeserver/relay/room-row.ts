import type { RoomRow } from '../rooms.ts';
import type { RoomLine } from './readers.ts';

/** A line of a list as a room of which little is known. */
export function rowOf({ roomId, members, name }: RoomLine): RoomRow {
  return {
    roomId,
    name,
    canonicalAlias: null,
    joinedMembers: members,
    joinedLocalMembers: null,
    version: null,
    creator: null,
    encryption: null,
    federatable: null,
    public: null,
    joinRules: null,
    raw: { room_id: roomId, name, joined_members: members },
  };
}
