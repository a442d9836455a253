import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { Users } from '../../homeserver/users.ts';
import { command } from '../define.ts';
import { threepidsIn } from './account-changes.ts';

async function find(users: Users, medium: string, typed: string): Promise<Reply> {
  const [threepid] = threepidsIn([[medium.toLowerCase(), typed.replace(/^\+/, '')]]);
  if (threepid === undefined) throw new Problem('usage', say`There is nothing to look for.`);
  const userId = await users.findByThreepid(threepid.medium, threepid.address);
  if (userId === undefined) throw new Problem('not-found', say`No account here has ${code(threepid.address)}.`);
  return reply.says(
    say`${code(threepid.address)} belongs to ${code(userId)}. ${commandLine(`user details ${userId}`)}`,
    { data: { user_id: userId } },
  );
}

const address = once(() => text.describe('The mail address, or the digits of the telephone number.'));

export const findByThreepid = command({
  path: 'user find-by-threepid',
  summary: 'Whose mail address or telephone number it is.',
  input: () => z.object({ medium: text.describe('`email` or `msisdn`.'), address: address() }),
  positionals: ['medium', 'address'],
  examples: [['By mail address', '!admin user find-by-threepid email alice@example.org']],
  danger: 'read',
  role: 'viewer',
  needs: ['users'],
  run: ({ medium, address: typed }, { users }) => find(users, medium, typed),
});

export const threepid = command({
  path: 'user 3pid',
  summary: "The same in synadm's order.",
  input: () => z.object({ address: address(), medium: text.default('email').describe('`email` or `msisdn`.') }),
  positionals: ['address'],
  short: { m: 'medium' },
  examples: [['By mail address', '!admin user 3pid alice@example.org -m email']],
  danger: 'read',
  role: 'viewer',
  needs: ['users'],
  run: ({ medium, address: typed }, { users }) => find(users, medium, typed),
});
