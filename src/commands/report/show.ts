import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { text } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { type Block, reply } from '../../core/reply.ts';
import { linked, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundReport, ofUser } from './found-report.ts';

/** What a message says to those who read it. */
function words(type: string | undefined, content: Readonly<Record<string, unknown>>): Block[] {
  if (type === undefined) return [{ kind: 'paragraph', text: say`The server does not have the message any more.` }];
  if (type === 'm.room.encrypted')
    return [{ kind: 'paragraph', text: say`The message is encrypted: only those in the room can read it.` }];
  const body = typeof content.body === 'string' ? content.body : JSON.stringify(content, null, 2);
  return [
    { kind: 'paragraph', text: say`What it says:` },
    { kind: 'code', text: body },
  ];
}

export default command({
  path: 'report show',
  summary: 'One report, with the message that it is about.',
  input: () => z.object({ report: text.describe('Its number; of a person, with a u before it.') }),
  positionals: ['report'],
  examples: [
    ['Of a message', '!admin report show 12'],
    ['Of a person', '!admin report show u3'],
  ],
  danger: 'read',
  role: 'moderator',
  needs: ['reports', 'adminRoom', 'clock'],

  async run({ report: typed }, { reports, adminRoom, clock }) {
    const found = await foundReport(reports, typed);
    const { report } = found;
    const now = clock();
    if (found.kind === 'user') {
      return reply.fields(
        [
          ['Report', ofUser(report.id)],
          ['Received', formatTime(report.receivedAt, now)],
          ['Who', linked(found.report.target)],
          ['Reported by', report.reporter],
          ['Reason', report.reason],
        ],
        report.raw,
      );
    }
    const { sender, roomId, roomName, eventId, eventType, content } = found.report;
    const shown = reply.fields(
      [
        ['Report', report.id],
        ['Received', formatTime(report.receivedAt, now)],
        ['Whose message', sender === null || sender === undefined ? sender : linked(sender)],
        ['Reported by', report.reporter],
        ['Reason', report.reason],
        ['Room', roomName],
        ['Room id', roomId],
        ['Event', linked(roomId, { event: eventId, via: serverOf(adminRoom.botId) })],
        ['Type', eventType],
      ],
      report.raw,
    );
    return { ...shown, blocks: [...shown.blocks, ...words(eventType, content)] };
  },
});
