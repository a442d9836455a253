import { z } from 'zod';
import { localUser } from '../../core/fields.ts';
import { command } from '../define.ts';
import { deactivationHelp } from './deactivate-account.ts';
import {
  deactivationFlags,
  deactivationJob,
  deactivationPlan,
  deactivationShort,
  deactivationSteps,
} from './deactivation-list.ts';

export default command({
  path: 'user deactivate-all',
  flat: ['deactivate-all'],
  summary: 'Close every account of a pasted list for good, one after the other.',
  cautions: [...deactivationHelp, 'Admins are skipped unless --force is given; the bot always is.'],
  input: () => z.object({ users: z.array(localUser).describe('One user a line.'), ...deactivationFlags() }),
  body: { kind: 'list', into: 'users', required: true },
  short: deactivationShort,
  examples: [['Close two accounts', '!admin user deactivate-all\n```\nbob\n@carol:example.org\n```']],
  danger: 'typed',
  role: 'admin',
  takesFrom: ({ force, users }) => (force ? users : []),
  needs: ['users', 'adminRoom', 'isProtected'],
  plan: (input, caps, asker) => deactivationPlan(input.users, input, caps, asker),
  run: async (input, _caps, _asker, frozen) => deactivationJob(frozen?.users ?? [], input),
  job: deactivationSteps,
});
