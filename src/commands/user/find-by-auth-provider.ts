import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { clipped } from '../../core/shown.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { Accounts } from '../../homeserver/accounts.ts';
import { command } from '../define.ts';

async function find(accounts: Accounts, provider: string, id: string): Promise<Reply> {
  const userId = await accounts.findByAuthProvider(provider, id);
  if (userId === undefined)
    throw new Problem('not-found', say`No account here logs in as ${clipped(id)} through ${clipped(provider)}.`);
  return reply.says(
    say`${clipped(id)} of ${clipped(provider)} is ${code(userId)}. ${commandLine(`user details ${userId}`)}`,
    { data: { user_id: userId } },
  );
}

const provider = once(() => text.describe('Its name in the configuration, like `oidc-github`.'));
const id = once(() => text.describe('The id there.'));

export const findByAuthProvider = command({
  path: 'user find-by-auth-provider',
  summary: 'Who logs in through a provider under some id.',
  input: () => z.object({ provider: provider(), id: id() }),
  positionals: ['provider', 'id'],
  examples: [['Whose is it?', '!admin user find-by-auth-provider oidc-github 12345']],
  danger: 'read',
  role: 'viewer',
  needs: ['accounts'],
  run: (one, { accounts }) => find(accounts, one.provider, one.id),
});

export const authProvider = command({
  path: 'user auth-provider',
  summary: "The same in synadm's order.",
  input: () => z.object({ id: id(), provider: provider() }),
  positionals: ['id'],
  short: { p: 'provider' },
  examples: [['Whose is it?', '!admin user auth-provider 12345 -p oidc-github']],
  danger: 'read',
  role: 'viewer',
  needs: ['accounts'],
  run: (one, { accounts }) => find(accounts, one.provider, one.id),
});
