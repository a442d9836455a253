import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { listing, listingShort, room, user } from '../../core/fields.ts';
import { counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { paged } from '../paged.ts';
import { foundRoom } from '../room/found-room.ts';

export default command({
  path: 'report list',
  summary: 'The messages that people have reported, newest first.',
  cautions: ['Reports of people are in `report users`. What is reported of a whole room, Synapse shows to nobody.'],
  input: () =>
    z.object({
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
    const query = {
      oldestFirst: input.reverse,
      ...(input.user === undefined ? {} : { target: input.user }),
      ...(input.reporter === undefined ? {} : { reporter: input.reporter }),
      ...(input.room === undefined ? {} : { roomId: (await foundRoom(rooms, input.room)).roomId }),
    };
    const now = clock();
    return paged(input, {
      list: (from, limit) => reports.ofEvents({ ...query, from, limit }),
      columns: [
        { key: 'report', title: 'Report' },
        { key: 'when', title: 'When' },
        { key: 'sender', title: 'Whose message' },
        { key: 'room', title: 'Room' },
        { key: 'reason', title: 'Reason' },
        { key: 'reporter', title: 'Reported by' },
        { key: 'event', title: 'Event' },
      ],
      show: ['report', 'when', 'sender', 'reason', 'room', 'reporter', 'event'],
      cells: (one) => ({
        report: one.id,
        when: formatTime(one.receivedAt, now),
        sender: one.sender,
        room: one.roomName ?? one.roomId,
        reason: one.reason,
        reporter: one.reporter,
        event: one.eventId,
      }),
      data: (one) => one.raw,
      heading: (total) => say`${counted(total, 'reported message')}.`,
    });
  },
});
