import { z } from 'zod';
import { formatBytes } from '../../core/display.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'bot backup',
  summary: 'Make a consistent copy of my store, on the machine I run on.',
  cautions: [
    'It is written to the folder `backups` in `dataDir`, readable by me alone. The five newest are kept.',
    'The access token and bot.config.json are not in it.',
  ],
  input: () => z.object({}),
  examples: [['Before an upgrade', '!admin bot backup']],
  danger: 'write',
  role: 'admin',
  local: true,
  needs: ['backup'],

  async run(_, { backup }) {
    const { path, bytes } = await backup();
    return reply.done(say`The store was copied to ${code(path)}, ${formatBytes(bytes)}.`, {
      change: { after: { path } },
    });
  },
  again: 'safe',
});
