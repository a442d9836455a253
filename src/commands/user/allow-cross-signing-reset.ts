import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { localUser } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user allow-cross-signing-reset',
  summary: 'Let an account replace its cross-signing keys without its password, for ten minutes.',
  cautions: [
    'It has an effect only where accounts live in a Matrix Authentication Service; elsewhere the password is asked for all the same.',
    'Whoever has a session of the account may do it meanwhile.',
  ],
  input: () => z.object({ user: localUser.describe('Which account.') }),
  positionals: ['user'],
  examples: [['Alice has lost her keys', '!admin user allow-cross-signing-reset alice']],
  danger: 'write',
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'accounts', 'server', 'clock'],

  async run({ user }, { users, accounts, server, clock }) {
    await localAccount(users, user);
    const until = await accounts.allowCrossSigningReset(user);
    if (until === undefined)
      throw new Problem(
        'not-found',
        say`${code(user)} has no cross-signing keys, so that there is nothing to replace.`,
      );
    // Synapse looks at it only where it cannot ask for a password itself.
    const inVain = (await server.delegatesAccounts())
      ? say``
      : say` ⚠️ But this server keeps the accounts itself, and asks for the password all the same.`;
    return reply.done(
      say`${code(user)} may replace its cross-signing keys until ${formatTime(until, clock())}.${inVain}`,
      {
        change: { after: { updatable_without_uia_before_ms: until } },
      },
    );
  },
  again: 'safe',
});
