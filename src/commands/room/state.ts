import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { listing, listingShort, room, text } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundRoom } from './found-room.ts';
import { roomInWords } from './named-room.ts';

const sorts = ['type', 'state_key', 'sender', 'time'] as const;

export default command({
  path: 'room state',
  summary: 'The current state of a room: its settings and members, as events.',
  input: () =>
    z.object({
      room: room.describe('Its id or alias.'),
      type: text.optional().describe('Only state of this type, like m.room.member.'),
      ...listing(sorts),
    }),
  positionals: ['room'],
  short: listingShort,
  examples: [
    ['All of it', '!admin room state #lobby'],
    ['The members', '!admin room state #lobby --type m.room.member'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'roomData', 'clock'],

  async run(input, { rooms, roomData, clock }) {
    const found = await foundRoom(rooms, input.room);
    const events = await roomData.state(found.roomId, input.type);
    if (events.length === 0) {
      const why =
        found.joinedLocalMembers === 0
          ? say`The state of ${roomInWords(found)} is not known: nobody of this server is in it any more.`
          : say`${roomInWords(found)} has no state of the type ${code(input.type ?? '')}.`;
      return reply.says(why, { data: [] });
    }
    const all = events.map((event) => ({
      event,
      type: event.type,
      state_key: event.stateKey ?? '',
      sender: event.sender,
      time: event.sentAt,
    }));
    const { sort } = input;
    all.sort((one, other) => {
      if (sort === 'time') return one.time - other.time;
      const by = sort ?? 'type';
      return one[by].localeCompare(other[by]) || one.state_key.localeCompare(other.state_key);
    });
    if (input.reverse) all.reverse();
    const { rows, page } = cut(all, input);
    const now = clock();
    return reply.listing(
      {
        columns: [
          { key: 'type', title: 'Type' },
          { key: 'state_key', title: 'State key' },
          { key: 'sender', title: 'Sender' },
          { key: 'time', title: 'Sent' },
          { key: 'content', title: 'Content' },
          { key: 'event', title: 'Event' },
        ],
        show: ['type', 'state_key', 'content', 'sender', 'time', 'event'],
        rows: rows.map(({ event, time, ...row }) => ({
          ...row,
          time: formatTime(time, now),
          content: JSON.stringify(event.content),
          event: event.eventId,
        })),
        data: rows.map(({ event }) => event.raw),
        page,
      },
      say`${counted(all.length, 'state event')} in ${roomInWords(found)}.`,
    );
  },
});
