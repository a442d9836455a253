import { z } from 'zod';
import { newUser } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'user available',
  summary: 'Whether a username is free.',
  input: () => z.object({ username: newUser.describe('The localpart, or the whole user id on this server.') }),
  positionals: ['username'],
  examples: [['Is it free?', '!admin user available dora']],
  danger: 'read',
  role: 'viewer',
  needs: ['users'],
  async run({ username }, { users }) {
    // Asked first: a server that has no way to tell of a name would make a taken one look free.
    if (await users.get(username))
      return reply.says(say`No: ${code(username)} cannot be had. It is taken.`, { data: { available: false } });
    const fault = await users.nameFault(username);
    if (fault === undefined) return reply.says(say`Yes: ${code(username)} is free.`, { data: { available: true } });
    return reply.says(say`No: ${code(username)} cannot be had. ${fault}`, { data: { available: false } });
  },
});
