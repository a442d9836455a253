import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { eventId } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { type Cell, paragraph, reply } from '../../core/reply.ts';
import { code, linked, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { namedRoom } from './named-room.ts';
import { contentBlocks, isEncrypted, redactionInWords } from './shown-content.ts';

export default command({
  path: 'room event',
  summary: 'One event of a room, by its id.',
  cautions: ['Of a redacted event the content is left out, although the server may still keep it for some days.'],
  input: () => z.object({ eventId: eventId.describe('Its id, which begins with a $.') }),
  positionals: ['eventId'],
  examples: [['By its id', "!admin room event '$h29iv0s8n0ei7s6tqhk4g1ylwmbyo9xrq4jmwjj1oXs'"]],
  danger: 'read',
  role: 'moderator',
  needs: ['rooms', 'roomData', 'adminRoom', 'clock'],

  async run({ eventId: asked }, { rooms, roomData, adminRoom, clock }) {
    const event = await roomData.event(asked);
    if (event === undefined) {
      throw new Problem(
        'not-found',
        say`This server does not know the event ${code(asked)}.`,
        say`It may have been purged, or be of a room that nobody of this server is in.`,
      );
    }
    const fields: readonly (readonly [string, Cell])[] = [
      ['Event id', linked(event.roomId, { event: event.eventId, via: serverOf(adminRoom.botId) })],
      ['Room', await namedRoom(rooms, event.roomId)],
      ['Type', event.type],
      ['State key', event.stateKey === '' ? '(empty)' : event.stateKey],
      ['Sender', event.sender],
      ['Sent', formatTime(event.sentAt, clock())],
      ['Redacted', event.redaction === undefined ? null : redactionInWords(event.redaction)],
    ];
    const note = event.withheld
      ? say`The server does not say whether this event was redacted, so I leave its content out.`
      : event.redaction !== undefined
        ? say`What is left of its content:`
        : isEncrypted(event)
          ? say`It is encrypted: only the devices of those in the room can read it, not the server.`
          : say`Content:`;
    const shown = reply.fields(
      fields.filter(([, value]) => value !== null && value !== undefined),
      event.raw,
    );
    const blocks = event.withheld ? [] : contentBlocks(event.content, 'event', event.raw);
    return { ...shown, blocks: [...shown.blocks, paragraph(note), ...blocks] };
  },
});
