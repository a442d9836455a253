import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { helpReply } from '../../core/help.ts';
import { command } from '../define.ts';

export default command({
  path: 'help',
  summary: 'What I can do, and how.',
  input: () =>
    z.object({
      topic: z.array(text).default([]).describe('A noun, or a command.'),
      search: text.optional().describe('Commands that have to do with this word.'),
    }),
  positionals: ['topic'],
  examples: [
    ['All nouns', '!admin help'],
    ['The commands of a noun', '!admin help user'],
    ['One command', '!admin help user deactivate'],
    ['By word', '!admin help --search password'],
  ],
  danger: 'read',
  role: 'viewer',
  local: true,
  needs: ['catalog'],
  async run({ topic, search }, { catalog }, { role }) {
    return helpReply(catalog, topic, search, role);
  },
});
