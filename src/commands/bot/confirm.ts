import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { command } from '../define.ts';

/** Declared here for the grammar and the help; `pipeline/confirm.ts` runs the plan. */
export default command({
  path: 'confirm',
  summary: 'Say yes to a plan.',
  cautions: ['Only who asked for the plan can confirm it, once, and for as long as it says.'],
  input: () =>
    z.object({
      code: text.describe('The code under the plan.'),
      word: text.optional().describe('What the plan asks you to type: a name, or a number of items.'),
    }),
  positionals: ['code', 'word'],
  examples: [
    ['A plain yes', '!admin confirm k7mq2'],
    ['Where the name must be typed', '!admin confirm k7mq2 @bob:example.org'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: [],
  run() {
    throw new Error('a confirmation is run by the pipeline');
  },
});
