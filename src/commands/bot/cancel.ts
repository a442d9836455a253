import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'cancel',
  summary: 'Drop a plan that waits for your yes.',
  input: () => z.object({ code: text.describe('The code under the plan.') }),
  positionals: ['code'],
  examples: [['Drop a plan', '!admin cancel k7mq2']],
  danger: 'read',
  role: 'viewer',
  local: true,
  needs: ['plans'],
  async run({ code: planCode }, { plans }, asker) {
    plans.cancel(planCode.toLowerCase(), asker);
    return reply.done(say`Dropped the plan ${code(planCode)}. Nothing was done.`);
  },
});
