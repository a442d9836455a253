import { z } from 'zod';
import { listing, listingShort, server } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { everyRow } from '../every-row.ts';
import { inParallel } from '../in-parallel.ts';
import { foundDestination } from './found-destination.ts';

const lookingAtOnce = 4;

export default command({
  path: 'federation destination-rooms',
  summary: 'The rooms that this server shares with another one.',
  input: () => z.object({ server: server.describe('Its name.'), ...listing(['room']) }),
  positionals: ['server'],
  short: listingShort,
  examples: [['What is shared with it?', '!admin federation destination-rooms matrix.org']],
  danger: 'read',
  role: 'viewer',
  needs: ['federation', 'rooms'],

  async run(input, { federation, rooms }) {
    const found = await foundDestination(federation, input.server);
    const all: string[] = [];
    const list = (from: number, limit: number) => federation.destinationRooms(found.serverName, from, limit);
    for await (const roomId of everyRow(list)) all.push(roomId);
    if (input.reverse) all.reverse();
    const { rows: shown, page } = cut(all, input);
    const details = await inParallel(shown, lookingAtOnce, (roomId) => rooms.get(roomId));
    return reply.listing(
      {
        columns: [
          { key: 'name', title: 'Name' },
          { key: 'alias', title: 'Alias' },
          { key: 'members', title: 'Members', align: 'right' },
          { key: 'room', title: 'Room' },
        ],
        show: ['name', 'members', 'alias', 'room'],
        rows: shown.map((room, at) => ({
          room,
          name: details[at]?.name,
          alias: details[at]?.canonicalAlias,
          members: details[at]?.joinedMembers,
        })),
        data: shown.map((room, at) => details[at]?.raw ?? { room_id: room }),
        page,
      },
      say`${counted(all.length, 'room')} shared with ${code(found.serverName)}.`,
    );
  },
});
