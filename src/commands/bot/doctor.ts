import { z } from 'zod';
import { paragraph } from '../../core/reply.ts';
import { counted, joined, say, wordsOf } from '../../core/text.ts';
import { command } from '../define.ts';

const signs = { well: '✅', warning: '⚠️', fault: '❌' } as const;

export default command({
  path: 'bot doctor',
  summary: 'Whether I and this room are set up well, and what to do about what is not.',
  input: () => z.object({}),
  examples: [['Is all well?', '!admin bot doctor']],
  danger: 'read',
  role: 'admin',
  needs: ['doctor'],

  async run(_, { doctor }) {
    const findings = await doctor();
    const worse = findings.filter(({ state }) => state !== 'well').length;
    return {
      outcome: 'done',
      data: findings.map(({ what, state, words, hint }) => ({
        what,
        state,
        says: wordsOf(words),
        ...(hint === undefined ? {} : { hint: wordsOf(hint) }),
      })),
      blocks: [
        paragraph(worse === 0 ? say`All is well.` : say`${counted(worse, 'thing needs', 'things need')} a look.`),
        {
          kind: 'list',
          items: findings.map(({ what, state, words, hint }) =>
            joined([say`${signs[state]} **${what}**: ${words}`, ...(hint === undefined ? [] : [hint])], ' '),
          ),
        },
      ],
    };
  },
});
