import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { say } from '../../core/text.ts';
import { userPattern } from '../../core/user-pattern.ts';
import { command } from '../define.ts';
import { everyRow } from '../every-row.ts';
import { deactivationHelp } from './deactivate-account.ts';
import {
  deactivationFlags,
  deactivationJob,
  deactivationPlan,
  deactivationShort,
  deactivationSteps,
} from './deactivation-list.ts';

export default command({
  path: 'user deactivate-regex',
  summary: 'Close every account that a regular expression matches for good, one after the other.',
  cautions: [
    'The expression (RE2) has to match the whole localpart or the whole id: `spam.*`, not `spam`. Look at the plan.',
    ...deactivationHelp,
    'Admins are skipped unless --force is given; the bot always is.',
  ],
  input: () => z.object({ regex: text.describe('The expression.'), ...deactivationFlags() }),
  positionals: ['regex'],
  short: deactivationShort,
  examples: [['See whom it matches', '!admin user deactivate-regex "(bob|carol)" --dry-run']],
  danger: 'typed',
  role: 'admin',
  needs: ['users', 'adminRoom', 'isProtected'],

  async plan(input, caps, asker) {
    const fits = userPattern(input.regex);
    const matched: string[] = [];
    const list = (from: number, limit: number) => caps.users.list({ from, limit, deactivated: input.erase });
    for await (const { userId } of everyRow(list)) if (fits(userId)) matched.push(userId);
    const plan = await deactivationPlan(matched, input, caps, asker);
    return { ...plan, title: say`${plan.title} They match the expression “${input.regex}”.` };
  },

  run: async (input, _caps, _asker, frozen) => deactivationJob(frozen?.users ?? [], input),
  job: deactivationSteps,
});
