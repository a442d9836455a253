import { z } from 'zod';
import { localUser, secret } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user reactivate',
  summary: 'Bring a deactivated account back to life.',
  cautions: [
    'Its rooms, sessions and third-party ids do not come back; of an erased one neither do name and picture.',
    'Without a password nobody can log in to it until one is set.',
  ],
  input: z.object({
    user: localUser.describe('Which account.'),
    password: secret.optional().describe('Better left out: what you type stands in the room until the bot removes it.'),
  }),
  positionals: ['user', 'password'],
  examples: [['It was a mistake', '!admin user reactivate dora']],
  danger: 'write',
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'accounts'],

  async run({ user, password }, { users, accounts }) {
    const account = await localAccount(users, user);
    if (!account.deactivated)
      throw new Problem('conflict', say`${code(user)} is not deactivated; there is nothing to do.`);
    await accounts.modify(user, { deactivated: false, ...(password === undefined ? {} : { password }) });
    if ((await localAccount(users, user)).deactivated)
      throw new Problem('rejected', say`The server said yes, but ${code(user)} is still deactivated.`);
    const next =
      password === undefined
        ? say`Nobody can log in to it yet: ${commandLine(`user reset-password ${user}`)} makes a password.`
        : say`One can log in to it with the new password.`;
    return reply.done(
      say`${code(user)} is back. ${next} Its rooms, sessions and third-party ids do not come back${account.erased ? ', nor its name and picture' : ''}.`,
      { change: { before: { deactivated: true }, after: { deactivated: false } } },
    );
  },

  settle: async ({ user }, { users }) => ((await users.get(user))?.deactivated === false ? 'done' : 'not done'),
});
