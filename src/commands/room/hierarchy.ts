import { z } from 'zod';
import { listing, listingShort, room } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { Problem } from '../../core/problem.ts';
import { note, reply } from '../../core/reply.ts';
import { counted, say } from '../../core/text.ts';
import type { HierarchyRoom } from '../../homeserver/room-data.ts';
import { command } from '../define.ts';
import { foundRoom } from './found-room.ts';
import { roomInWords } from './named-room.ts';

const sorts = ['name', 'canonical_alias', 'joined_members', 'join_rules'] as const;
/** A space with more is looked at part by part. */
const mostRooms = 5_000;

/** How far below the first one each room stands, by the shortest way. */
function depths(rooms: readonly HierarchyRoom[]): ReadonlyMap<string, number> {
  const byId = new Map(rooms.map((one) => [one.roomId, one]));
  const found = new Map<string, number>();
  let level = rooms.slice(0, 1).map(({ roomId }) => roomId);
  for (let depth = 0; level.length > 0; depth += 1) {
    for (const roomId of level) found.set(roomId, depth);
    level = [...new Set(level.flatMap((roomId) => byId.get(roomId)?.children ?? []))].filter(
      (roomId) => byId.has(roomId) && !found.has(roomId),
    );
  }
  return found;
}

const compare: Readonly<Record<(typeof sorts)[number], (one: HierarchyRoom, other: HierarchyRoom) => number>> = {
  name: (one, other) => (one.name ?? '').localeCompare(other.name ?? ''),
  canonical_alias: (one, other) => (one.canonicalAlias ?? '').localeCompare(other.canonicalAlias ?? ''),
  joined_members: (one, other) => other.joinedMembers - one.joinedMembers,
  join_rules: (one, other) => (one.joinRule ?? '').localeCompare(other.joinRule ?? ''),
};

export default command({
  path: 'room hierarchy',
  summary: 'The rooms of a space, and those of the spaces in it.',
  cautions: ['Rooms that this server does not know are left out.'],
  input: () => z.object({ room: room.describe('The space, by id or alias.'), ...listing(sorts) }),
  positionals: ['room'],
  short: listingShort,
  examples: [['What belongs to it', '!admin room hierarchy #lobby']],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'roomData'],

  async run(input, { rooms, roomData }) {
    const found = await foundRoom(rooms, input.room);
    // Synapse fails at rooms whose state it has lost.
    if (found.joinedLocalMembers === 0) {
      throw new Problem(
        'conflict',
        say`What belongs to ${roomInWords(found)} is not known: nobody of this server is in it any more.`,
      );
    }
    const { rooms: all, more } = await roomData.hierarchy(found.roomId, mostRooms);
    const depth = depths(all);
    const sorted = input.sort === undefined ? [...all] : all.toSorted(compare[input.sort]);
    if (input.reverse) sorted.reverse();
    const { rows, page } = cut(sorted, input);
    const isSpace = all[0]?.isSpace === true;
    const heading = say`${roomInWords(found)} ${isSpace ? say`is a space with ${counted(all.length - 1, 'room')} below it that this server knows` : say`is no space: nothing belongs to it`}.`;
    const shown = reply.listing(
      {
        columns: [
          { key: 'depth', title: 'Depth', align: 'right' },
          { key: 'name', title: 'Name' },
          { key: 'room', title: 'Room' },
          { key: 'members', title: 'Members', align: 'right' },
          { key: 'space', title: 'Space' },
          { key: 'alias', title: 'Alias' },
          { key: 'joinRule', title: 'Join rule' },
        ],
        show: ['depth', 'name', 'members', 'space', 'room'],
        rows: rows.map((row) => ({
          depth: depth.get(row.roomId),
          name: row.name,
          room: row.roomId,
          members: row.joinedMembers,
          space: row.isSpace,
          alias: row.canonicalAlias,
          joinRule: row.joinRule,
        })),
        data: rows.map(({ raw }) => raw),
        page,
      },
      heading,
    );
    const cutShort = note(say`Only the first ${mostRooms.toLocaleString('en')} rooms are listed.`);
    return more ? { ...shown, blocks: [...shown.blocks, cutShort] } : shown;
  },
});
