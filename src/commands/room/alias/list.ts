import { z } from 'zod';
import { listing, listingShort, room } from '../../../core/fields.ts';
import { cut } from '../../../core/page.ts';
import { type Reply, reply } from '../../../core/reply.ts';
import { code, counted, say } from '../../../core/text.ts';
import type { RoomRow } from '../../../homeserver/rooms.ts';
import { command } from '../../define.ts';
import { everyRow } from '../../every-row.ts';
import { inParallel } from '../../in-parallel.ts';
import { foundRoom } from '../found-room.ts';

const sorts = ['alias', 'room', 'name'] as const;
const lookingAtOnce = 8;

const inputShape = () =>
  z.object({
    room: room.optional().describe('Only those of this room, by id or alias.'),
    ...listing(sorts),
  });

type AliasRow = {
  readonly alias: string;
  readonly room: string;
  readonly name: string | null;
  readonly main: boolean;
};

export default command({
  path: 'room alias list',
  summary: 'The aliases of this server, or those that lead to one room.',
  cautions: ['Without a room, the server is asked about each of its rooms in turn.'],
  input: inputShape,
  positionals: ['room'],
  short: listingShort,
  examples: [
    ['Of the lobby', '!admin room alias list #lobby'],
    ['Of all rooms', '!admin room alias list'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms'],

  async run(input, { rooms }) {
    if (input.room === undefined && rooms.everyAlias !== undefined) {
      const told = (await rooms.everyAlias()).map(({ alias, roomId }) => ({
        alias,
        room: roomId,
        name: null,
        main: false,
      }));
      return listed(told, input);
    }
    const asked: RoomRow[] = [];
    if (input.room !== undefined) asked.push(await foundRoom(rooms, input.room));
    else for await (const row of everyRow((from, limit) => rooms.list({ from, limit }))) asked.push(row);
    const aliases = await inParallel(asked, lookingAtOnce, ({ roomId }) => rooms.aliases(roomId));
    const all = asked.flatMap(({ roomId, name, canonicalAlias }, at) =>
      (aliases[at] ?? []).map((alias) => ({ alias, room: roomId, name, main: alias === canonicalAlias })),
    );
    return listed(all, input, asked[0]?.roomId);
  },
});

function listed(found: readonly AliasRow[], input: z.output<ReturnType<typeof inputShape>>, roomId = ''): Reply {
  const all = [...found];
  const sort = input.sort ?? 'alias';
  all.sort((one, other) => (one[sort] ?? '').localeCompare(other[sort] ?? '') || one.alias.localeCompare(other.alias));
  if (input.reverse) all.reverse();
  const { rows, page } = cut(all, input);
  return reply.listing(
    {
      columns: [
        { key: 'alias', title: 'Alias' },
        { key: 'name', title: 'Name' },
        { key: 'room', title: 'Room' },
        { key: 'main', title: 'Main' },
      ],
      show: ['alias', 'name', 'room', 'main'],
      rows,
      data: rows.map(({ alias, room: room_id, name, main }) => ({ alias, room_id, name, main })),
      page,
    },
    input.room === undefined
      ? say`${counted(all.length, 'alias', 'aliases')} of this server.`
      : say`${counted(all.length, 'local alias', 'local aliases')} of ${code(roomId)}.`,
  );
}
