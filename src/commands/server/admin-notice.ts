import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'server admin-notice',
  summary: 'Say something to everyone in this room, so that it notifies them.',
  input: z.object({ text: text.describe('The rest of the line, as typed.') }),
  rest: 'text',
  examples: [['Announce maintenance', '!admin server admin-notice Restart at 22:00 UTC']],
  danger: 'write',
  role: 'moderator',
  needs: ['adminRoom'],
  async run({ text: words }, { adminRoom }, asker) {
    await adminRoom.announce(words, asker);
    return reply.done(say`Announced.`);
  },
  again: 'safe',
});
