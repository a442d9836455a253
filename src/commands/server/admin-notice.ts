import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';

/** An event has 65,536 bytes for all that is in it; more than this nobody reads. */
const mostBytes = 20_000;

export default command({
  path: 'server admin-notice',
  summary: 'Say something to everyone in this room, so that it notifies them.',
  input: () => z.object({ text: text.describe('The rest of the line, as typed.') }),
  rest: 'text',
  examples: [['Announce maintenance', '!admin server admin-notice Restart at 22:00 UTC']],
  danger: 'write',
  role: 'moderator',
  needs: ['adminRoom'],
  async run({ text: words }, { adminRoom }, asker) {
    const bytes = Buffer.byteLength(words);
    if (bytes > mostBytes) {
      throw new Problem(
        'usage',
        say`The text has ${bytes.toLocaleString('en')} bytes, and a notice takes at most ${mostBytes.toLocaleString('en')}. Nothing was sent.`,
      );
    }
    await adminRoom.announce(words, asker);
    return reply.done(say`Announced.`);
  },
  again: 'safe',
});
