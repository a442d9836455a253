import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { clipped } from '../../core/shown.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'history purge-status',
  summary: 'How a purge goes: active, complete or failed.',
  input: () => z.object({ id: text.describe('Its id, as the answer to the purge names it.') }),
  positionals: ['id'],
  examples: [['By its id', '!admin history purge-status ktDVnmRjhxdSFzLf']],
  danger: 'read',
  role: 'viewer',
  needs: ['purges'],

  async run({ id }, { purges }) {
    const found = await purges.get(id);
    if (found === undefined)
      throw new Problem(
        'not-found',
        say`The server knows no purge ${clipped(id)}.`,
        say`It forgets one some days after its end.`,
      );
    return reply.fields(
      [
        ['Purge', found.purgeId],
        ['State', found.state],
        ['Error', found.error],
      ],
      { purge_id: found.purgeId, status: found.state, ...(found.error === undefined ? {} : { error: found.error }) },
    );
  },
});
