import { z } from 'zod';
import { localUser, secret } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, joined, say, type Text } from '../../core/text.ts';
import type { PasswordSet, UserDetails, Users } from '../../homeserver/users.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';

async function closedAccount(users: Users, userId: string): Promise<UserDetails> {
  const account = await localAccount(users, userId);
  if (account.deactivated) return account;
  throw new Problem(
    'conflict',
    say`${code(userId)} is not deactivated; there is nothing to do.`,
    account.locked ? say`It is locked: ${commandLine(`user unlock ${userId}`)} lets it in again.` : undefined,
  );
}

/** What there is again, and what still keeps its owner out. */
function comesBack({ userId, admin, locked, suspended, erased }: UserDetails): readonly Text[] {
  return [
    ...(admin ? [say`It is a **server admin** again.`] : []),
    ...(erased ? [say`What it wrote can be read again by those who join later.`] : []),
    ...(locked ? [say`It is still locked: ${commandLine(`user unlock ${userId}`)}.`] : []),
    ...(suspended ? [say`It is still suspended: ${commandLine(`user unsuspend ${userId}`)}.`] : []),
  ];
}

/** Where opening an account and giving it a password are one; a password that was not asked for is nobody's. */
function reopened(user: string, typed: string | undefined, { remark }: PasswordSet): Reply {
  const lines = [
    say`${code(user)} is back.`,
    typed === undefined
      ? say`Nobody can log in to it yet: ${commandLine(`user reset-password ${user}`)} makes a password.`
      : say`One can log in to it with the new password.`,
    say`Its rooms, sessions and third-party ids do not come back.`,
    ...(remark === undefined ? [] : [remark]),
  ];
  return reply.done(joined(lines, ' '), {
    change: { before: { deactivated: true }, after: { deactivated: false } },
  });
}

export default command({
  path: 'user reactivate',
  summary: 'Bring a deactivated account back to life.',
  cautions: [
    'Its rooms, sessions and third-party ids do not come back; of an erased one neither do name and picture.',
    'Without a password nobody can log in to it until one is set.',
  ],
  input: () =>
    z.object({
      user: localUser.describe('Which account.'),
      password: secret
        .optional()
        .describe('Better left out: what you type stands in the room until the bot removes it.'),
    }),
  positionals: ['user', 'password'],
  examples: [['It was a mistake', '!admin user reactivate dora']],
  danger: 'write',
  raise: async ({ user }, { users }) => ((await users.get(user))?.admin ? 'confirm' : undefined),
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'accounts'],

  async plan({ user }, { users }) {
    const account = await closedAccount(users, user);
    return {
      title: say`Bring ${code(user)} back to life.`,
      targets: [{ id: user, ...(account.admin ? { note: say`**server admin**` } : {}) }],
      cautions: [say`Its rooms, sessions and third-party ids do not come back.`, ...comesBack(account)],
      frozen: null,
    };
  },

  async run({ user, password }, { users, accounts }) {
    const account = await closedAccount(users, user);
    if (users.reactivate !== undefined) return reopened(user, password, await users.reactivate(user, password));
    await accounts.modify(user, { deactivated: false, ...(password === undefined ? {} : { password }) });
    if ((await localAccount(users, user)).deactivated)
      throw new Problem('rejected', say`The server said yes, but ${code(user)} is still deactivated.`);
    const next =
      password === undefined
        ? say`Nobody can log in to it yet: ${commandLine(`user reset-password ${user}`)} makes a password.`
        : say`One can log in to it with the new password.`;
    return reply.done(
      say`${code(user)} is back. ${next} Its rooms, sessions and third-party ids do not come back${account.erased ? ', nor its name and picture' : ''}.${comesBack(account).length === 0 ? say`` : say` ${joined(comesBack(account), ' ')}`}`,
      { change: { before: { deactivated: true }, after: { deactivated: false } } },
    );
  },

  settle: async ({ user }, { users }) => ((await users.get(user))?.deactivated === false ? 'done' : 'not done'),
});
