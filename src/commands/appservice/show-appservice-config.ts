import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundAppservice } from './found-appservice.ts';

export default command({
  path: 'appservice show-appservice-config',
  aliases: ['appservice show'],
  summary: 'The registration of an application service, its tokens masked.',
  input: () => z.object({ id: text.describe('Its id.') }),
  positionals: ['id'],
  examples: [['One of them', '!admin appservice show irc']],
  danger: 'read',
  role: 'owner',
  needs: ['host'],

  async run({ id }, { host }) {
    const found = await foundAppservice(host, id);
    return {
      ...reply.says(say`${code(found.id)}, from ${code(found.file)}:`, { data: found.shown }),
      blocks: [
        { kind: 'paragraph', text: say`${code(found.id)}, from ${code(found.file)}:` },
        { kind: 'code', text: JSON.stringify(found.shown, undefined, 2), language: 'json' },
      ],
    };
  },
});
