import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { count, flag, room } from '../../core/fields.ts';
import { pageOf, windowOf } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { say } from '../../core/text.ts';
import type { StoredEvent } from '../../homeserver/room-data.ts';
import { command } from '../define.ts';
import { foundRoom } from './found-room.ts';
import { roomInWords } from './named-room.ts';
import { contentInWords, isEncrypted } from './shown-content.ts';

const mostAtOnce = 500;

export default command({
  path: 'room messages',
  summary: 'The latest events of a room, newest first.',
  cautions: ['Encrypted messages are listed, but the server cannot read them.'],
  input: () =>
    z.object({
      room: room.describe('Its id or alias.'),
      limit: count(1, 1_000).default(20).describe('How many.'),
      page: count(1).optional().describe('Which page, from 1.'),
      from: count().optional().describe('First event, from 0.'),
      reverse: flag.describe('From the oldest on.'),
    }),
  positionals: ['room'],
  short: { l: 'limit', f: 'from', r: 'reverse' },
  examples: [
    ['The last twenty of the lobby', '!admin room messages #lobby'],
    ['The last five', '!admin room messages #lobby --limit 5'],
  ],
  danger: 'read',
  role: 'moderator',
  needs: ['rooms', 'roomData', 'clock'],

  async run(input, { rooms, roomData, clock }) {
    const found = await foundRoom(rooms, input.room);
    const window = windowOf(input);
    const wanted = window.from + input.limit;
    const shown: StoredEvent[] = [];
    let seen = 0;
    // One more than wanted tells whether there is another page.
    for await (const page of roomData.messages(found.roomId, Math.min(wanted + 1, mostAtOnce), input.reverse)) {
      shown.push(...page.slice(Math.max(window.from - seen, 0), Math.max(wanted - seen, 0)));
      seen += page.length;
      if (seen > wanted) break;
    }
    const now = clock();
    const rows = shown.map((event) => ({
      time: formatTime(event.sentAt, now),
      sender: event.sender,
      type: event.type,
      stateKey: event.stateKey,
      content: contentInWords(event),
      event: event.eventId,
    }));
    const encrypted = shown.filter(isEncrypted).length;
    return reply.listing(
      {
        columns: [
          { key: 'time', title: 'Sent' },
          { key: 'sender', title: 'Sender' },
          { key: 'type', title: 'Type' },
          { key: 'stateKey', title: 'State key' },
          { key: 'content', title: 'Content' },
          { key: 'event', title: 'Event' },
        ],
        show: ['time', 'sender', 'type', 'stateKey', 'content', 'event'],
        rows,
        data: shown.map(({ raw }) => raw),
        page: pageOf(window, shown.length, undefined, seen > wanted),
      },
      say`Events of ${roomInWords(found)}, ${input.reverse ? 'oldest' : 'newest'} first.${encrypted === 0 ? '' : say` The server cannot read those that are encrypted.`}`,
    );
  },
});
