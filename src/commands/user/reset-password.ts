import { z } from 'zod';
import { flag, localUser, secret } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, joined, say, type Text } from '../../core/text.ts';
import type { UserDetails, Users } from '../../homeserver/users.ts';
import type { Asker } from '../asker.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';

async function resettable(users: Users, userId: string, botId: string): Promise<UserDetails> {
  notTheBot(userId, botId, 'reset the password of');
  const account = await localAccount(users, userId);
  if (account.deactivated) {
    throw new Problem(
      'conflict',
      say`${code(userId)} is deactivated: a password would be set, but nobody could log in with it.`,
    );
  }
  return account;
}

/** Whoever is logged out everywhere cannot read a direct message with the password to log in again. */
function refuseShutOut(user: string, asker: Asker, password: string | undefined, noLogout: boolean): void {
  if (user !== asker.userId || password !== undefined || noLogout) return;
  throw new Problem(
    'conflict',
    say`This would log you out everywhere, and the new password would be in a message that you could not read any more.`,
    say`Add ${code('--no-logout')} to stay logged in.`,
  );
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
  input: () =>
    z.object({
      user: localUser.describe('Whose password.'),
      password: secret
        .optional()
        .describe('Better left out: what you type stands in the room until the bot removes it.'),
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
  needs: ['users', 'adminRoom'],
  makesSecret: ({ password }) => password === undefined,

  async plan({ user, password, noLogout }, { users, adminRoom }, asker) {
    const { admin } = await resettable(users, user, adminRoom.botId);
    refuseShutOut(user, asker, password, noLogout);
    const standsOut: Text[] = [
      ...(admin ? [say`**server admin**`] : []),
      ...(user === asker.userId ? [say`**yourself**`] : []),
    ];
    return {
      title: say`Set a new password for ${code(user)}.`,
      targets: [{ id: user, ...(standsOut.length > 0 ? { note: joined(standsOut) } : {}) }],
      cautions: [noLogout ? say`Its sessions go on.` : say`All its sessions end, where the homeserver can end them.`],
      frozen: null,
    };
  },

  async run({ user, password, noLogout }, { users, adminRoom }, asker) {
    await resettable(users, user, adminRoom.botId);
    refuseShutOut(user, asker, password, noLogout);
    const set = await users.setPassword(user, password, !noLogout);
    const sessions = set.sessionsEnded
      ? say`All its sessions were ended.`
      : noLogout
        ? say`Its sessions go on.`
        : say`**Its sessions go on**: this homeserver cannot end them with a new password.`;
    return reply.done(
      joined(
        [say`Set a new password for ${code(user)}.`, sessions, ...(set.remark === undefined ? [] : [set.remark])],
        ' ',
      ),
      password === undefined ? { secrets: [{ label: say`New password of ${code(user)}`, value: set.password }] } : {},
    );
  },

  again: 'safe',
});
