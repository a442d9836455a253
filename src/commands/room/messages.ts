import { z } from 'zod';
import { count, flag, room } from '../../core/fields.ts';
import { pageOf, windowOf } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { say } from '../../core/text.ts';
import { formatTime } from '../../core/times.ts';
import type { StoredEvent } from '../../homeserver/room-data.ts';
import { command } from '../define.ts';
import { foundRoom } from './found-room.ts';
import { roomInWords } from './named-room.ts';
import { asFile, contentInWords, isCutInCell, isEncrypted } from './shown-content.ts';

const mostAtOnce = 500;

export default command({
  path: 'room messages',
  summary: 'The latest events of a room, newest first.',
  cautions: ['Encrypted messages are listed, but the server cannot read them.'],
  input: z.object({
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
  needs: ['rooms', 'roomData'],

  async run(input, { rooms, roomData }) {
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
    const rows = shown.map((event) => ({
      time: formatTime(event.sentAt),
      sender: event.sender,
      type: event.type,
      content: contentInWords(event),
      event: event.eventId,
    }));
    const encrypted = shown.filter(isEncrypted).length;
    const listed = reply.listing(
      {
        columns: [
          { key: 'time', title: 'Sent' },
          { key: 'sender', title: 'Sender' },
          { key: 'type', title: 'Type' },
          { key: 'content', title: 'Content' },
          { key: 'event', title: 'Event' },
        ],
        show: ['time', 'sender', 'type', 'content', 'event'],
        rows,
        data: shown.map(({ raw }) => raw),
        page: pageOf(window, shown.length, undefined, seen > wanted),
      },
      say`Events of ${roomInWords(found)}, ${input.reverse ? 'oldest' : 'newest'} first.${encrypted === 0 ? '' : say` The server cannot read those that are encrypted.`}`,
    );
    if (!rows.some(({ content }) => isCutInCell(content))) return listed;
    return {
      ...listed,
      blocks: [
        ...listed.blocks,
        asFile(
          'messages',
          shown.map(({ raw }) => raw),
        ),
      ],
    };
  },
});
