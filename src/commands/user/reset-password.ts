import { z } from 'zod';
import { flag, localUser, secret } from '../../core/fields.ts';
import { madePassword } from '../../core/made-password.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, joined, say } from '../../core/text.ts';
import type { UserDetails, Users } from '../../homeserver/homeserver.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';

async function resettable(users: Users, userId: string): Promise<UserDetails> {
  const account = await localAccount(users, userId);
  if (account.deactivated) {
    throw new Problem(
      'conflict',
      say`${code(userId)} is deactivated: a password would be set, but nobody could log in with it.`,
    );
  }
  return account;
}

export default command({
  path: 'user reset-password',
  aliases: ['user password'],
  flat: ['reset-password'],
  summary: 'Set a new password for a local account.',
  cautions: [
    'Ends all sessions of the account, unless --no-logout is given.',
    'Without a password a strong one is made and sent to you in a direct message.',
  ],
  input: z.object({
    user: localUser.describe('Whose password.'),
    password: secret.optional().describe('Better left out: what you type stands in the room until the bot removes it.'),
    noLogout: flag.describe('Leave the account logged in where it is.'),
  }),
  positionals: ['user', 'password'],
  short: { p: 'password', n: 'noLogout' },
  long: { password: 'password' },
  examples: [
    ['A generated one', '!admin user reset-password alice'],
    ['Without ending sessions', '!admin reset-password alice --no-logout'],
  ],
  danger: 'write',
  raise: async ({ user }, { users }) => ((await users.isAdmin(user)) ? 'confirm' : undefined),
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users'],
  makesSecret: ({ password }) => password === undefined,

  async plan({ user, noLogout }, { users }) {
    const { admin } = await resettable(users, user);
    return {
      title: say`Set a new password for ${code(user)}.`,
      targets: [{ id: user, ...(admin ? { note: say`**server admin**` } : {}) }],
      cautions: noLogout ? [] : [say`All its sessions end.`],
      frozen: null,
    };
  },

  async run({ user, password, noLogout }, { users }) {
    await resettable(users, user);
    const made = password === undefined ? madePassword() : undefined;
    await users.setPassword(user, password ?? made ?? '', !noLogout);
    return reply.done(
      joined(
        [
          say`Set a new password for ${code(user)}.`,
          noLogout ? say`Its sessions go on.` : say`All its sessions were ended.`,
        ],
        ' ',
      ),
      made === undefined
        ? {}
        : {
            secrets: [{ label: say`New password of ${code(user)}`, value: made }],
          },
    );
  },

  again: 'safe',
});
