import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { listing, listingShort, room, user } from '../../core/fields.ts';
import { pageOf, windowOf } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { counted, say } from '../../core/text.ts';
import type { EventReport } from '../../homeserver/reports.ts';
import { command } from '../define.ts';
import { everyRow } from '../every-row.ts';
import { foundRoom } from '../room/found-room.ts';

export default command({
  path: 'report list',
  summary: 'The messages that people have reported, newest first.',
  cautions: ['Reports of people are in `report users`. What is reported of a whole room, Synapse shows to nobody.'],
  input: z.object({
    ...listing(['received']),
    user: user.optional().describe('Only reports of this person’s messages.'),
    reporter: user.optional().describe('Only reports made by this person.'),
    room: room.optional().describe('Only reports from this room.'),
  }),
  short: listingShort,
  examples: [
    ['The newest', '!admin report list'],
    ['Of one person', '!admin report list --user bob'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['reports', 'rooms', 'clock'],

  async run(input, { reports, rooms, clock }) {
    const window = windowOf(input);
    const query = {
      oldestFirst: input.reverse,
      ...(input.user === undefined ? {} : { target: input.user }),
      ...(input.reporter === undefined ? {} : { reporter: input.reporter }),
      ...(input.room === undefined ? {} : { roomId: (await foundRoom(rooms, input.room)).roomId }),
    };
    const page = (from: number, limit: number) => reports.ofEvents({ ...query, from, limit });
    let rows: readonly EventReport[];
    let total: number;
    if (window.limit === undefined) {
      const all: EventReport[] = [];
      for await (const row of everyRow(page)) all.push(row);
      rows = all;
      total = all.length;
    } else {
      ({ rows, total } = await page(window.from, window.limit));
    }
    const now = clock();
    return reply.listing(
      {
        columns: [
          { key: 'report', title: 'Report' },
          { key: 'when', title: 'When' },
          { key: 'sender', title: 'Whose message' },
          { key: 'room', title: 'Room' },
          { key: 'reason', title: 'Reason' },
          { key: 'reporter', title: 'Reported by' },
          { key: 'event', title: 'Event' },
        ],
        show: ['report', 'when', 'sender', 'room', 'reason'],
        rows: rows.map((one) => ({
          report: one.id,
          when: formatTime(one.receivedAt, now),
          sender: one.sender,
          room: one.roomName ?? one.roomId,
          reason: one.reason,
          reporter: one.reporter,
          event: one.eventId,
        })),
        data: rows.map((one) => one.raw),
        page: pageOf(window, rows.length, total),
      },
      say`${counted(total, 'reported message')}.`,
    );
  },
});
