import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { room, time } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundRoom } from './found-room.ts';
import { roomInWords } from './named-room.ts';

export default command({
  path: 'room timestamp-to-event',
  summary: 'The event of a room that is nearest to a time: the first one from then on, or else the last one before.',
  cautions: ['Where this server lacks a part of the history, it asks other servers, which may take a while.'],
  input: () =>
    z.object({
      room: room.describe('Its id or alias.'),
      time: time.describe('A moment; UTC where it names no zone.'),
    }),
  positionals: ['room', 'time'],
  examples: [['The first of the year 2026', '!admin room timestamp-to-event #lobby 2026-01-01']],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'roomData', 'clock'],

  async run({ room: asked, time: at }, { rooms, roomData, clock }) {
    const found = await foundRoom(rooms, asked);
    const after = await roomData.eventAt(found.roomId, at, 'after');
    const event = after ?? (await roomData.eventAt(found.roomId, at, 'before'));
    if (event === undefined)
      throw new Problem('not-found', say`This server has no event of ${roomInWords(found)} around ${formatTime(at)}.`);
    const which = after
      ? say`The first event from ${formatTime(at)} on`
      : say`Nothing is from ${formatTime(at)} or later. The last event before it`;
    return reply.says(
      say`${which} in ${roomInWords(found)} is ${code(event.eventId)}, of ${formatTime(event.sentAt, clock())}. See it with ${commandLine(`room event ${event.eventId}`)}.`,
      { data: { room_id: found.roomId, event_id: event.eventId, origin_server_ts: event.sentAt } },
    );
  },
});
