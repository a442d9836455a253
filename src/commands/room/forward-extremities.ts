import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { flag, room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { commandLine, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundRoom } from './found-room.ts';
import { roomInWords } from './named-room.ts';

/** Synapse's manual, "forward extremities": from about here on a room makes the server slow. */
const worrying = 10;

export default command({
  path: 'room forward-extremities',
  summary: "The ends of a room's history, on which its next event will build; many of them make the server slow.",
  cautions: [
    'With --delete all but the newest are forgotten. It is a cure for a room that hangs; other servers may then see another state of the room for a while.',
  ],
  input: () =>
    z.object({
      room: room.describe('Its id or alias.'),
      delete: flag.describe('Forget all but the newest.'),
    }),
  positionals: ['room'],
  examples: [['How many are there?', '!admin room forward-extremities #lobby']],
  danger: 'read',
  raise: ({ delete: forget }) => (forget ? 'confirm' : undefined),
  role: 'admin',
  needs: ['rooms', 'roomData', 'clock'],

  async plan({ room: asked, delete: forget }, { rooms, roomData }) {
    const found = await foundRoom(rooms, asked);
    if (!forget) return { title: say`Show them.`, targets: [], cautions: [], frozen: null };
    const { length } = await roomData.forwardExtremities(found.roomId);
    if (length <= 1) {
      throw new Problem(
        'conflict',
        say`${roomInWords(found)} has ${counted(length, 'forward extremity', 'forward extremities')}; there is nothing to delete.`,
      );
    }
    return {
      title: say`Forget ${counted(length - 1, 'forward extremity', 'forward extremities')} of ${roomInWords(found)}, all but the newest.`,
      targets: [{ id: found.roomId }],
      cautions: [
        say`This cannot be undone. What only the forgotten branches knew no longer counts when the room's state is worked out.`,
      ],
      instead: say`A few of them go away by themselves: the next message in the room joins them.`,
      frozen: null,
    };
  },

  async run({ room: asked, delete: forget }, { rooms, roomData, clock }) {
    const found = await foundRoom(rooms, asked);
    const all = await roomData.forwardExtremities(found.roomId);
    if (forget) {
      const deleted = await roomData.deleteForwardExtremities(found.roomId);
      const left = (await roomData.forwardExtremities(found.roomId)).length;
      return reply.done(
        say`Forgot ${counted(deleted, 'forward extremity', 'forward extremities')} of ${roomInWords(found)}; ${counted(left, 'is', 'are')} left.`,
        {
          data: { room_id: found.roomId, deleted, left },
          change: { before: { count: all.length }, after: { count: left } },
        },
      );
    }
    return reply.listing(
      {
        columns: [
          { key: 'event', title: 'Event' },
          { key: 'depth', title: 'Depth', align: 'right' },
          { key: 'received', title: 'Received' },
        ],
        show: ['event', 'depth', 'received'],
        rows: all.map(({ eventId, depth, receivedAt }) => ({
          event: eventId,
          depth,
          received: receivedAt === undefined ? '' : formatTime(receivedAt, clock()),
        })),
        data: all.map(({ raw }) => raw),
      },
      say`${counted(all.length, 'forward extremity', 'forward extremities')} of ${roomInWords(found)}.${all.length > worrying ? say` That is many: ${commandLine(`room forward-extremities ${found.roomId} --delete`)} forgets all but the newest.` : ''}`,
    );
  },
  again: 'safe',
});
