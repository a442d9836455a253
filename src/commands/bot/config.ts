import { z } from 'zod';
import { reply } from '../../core/reply.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'bot config',
  flat: ['config'],
  summary: 'What I was started with: bot.config.json with its defaults filled in.',
  cautions: ['No secret stands in it: my access token has a file of its own.'],
  input: () => z.object({}),
  examples: [['All of it', '!admin bot config']],
  danger: 'read',
  role: 'admin',
  local: true,
  needs: ['settings'],

  async run(_, { settings }) {
    return {
      ...reply.says(say`As I was started with it; durations are in milliseconds.`, { data: settings }),
      blocks: [
        { kind: 'paragraph', text: say`As I was started with it; durations are in milliseconds.` },
        { kind: 'code', text: JSON.stringify(settings, undefined, 2), language: 'json' },
      ],
    };
  },
});
