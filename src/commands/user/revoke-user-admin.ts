import { z } from 'zod';
import { localUser } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { type Capabilities, command } from '../define.ts';
import { isHere } from './is-here.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';

export default command({
  path: 'user revoke-user-admin',
  summary: "Take away an account's admin power and remove it from this room.",
  input: () => z.object({ user: localUser.describe('Who is no admin any more.') }),
  positionals: ['user'],
  examples: [['Alice is no admin any more', '!admin user revoke-user-admin alice']],
  danger: 'confirm',
  role: 'owner',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'adminRoom'],

  async plan({ user }, { users, adminRoom }, asker) {
    notTheBot(user, adminRoom.botId, 'demote');
    const account = await localAccount(users, user);
    if (!account.admin && !(await isHere(users, adminRoom, user))) {
      throw new Problem(
        'conflict',
        say`${code(user)} is no server admin, and not in this room; there is nothing to do.`,
      );
    }
    const yourself = user === asker.userId;
    const note = yourself ? say`**yourself**` : account.admin ? undefined : say`is no admin`;
    return {
      title: say`Take away the admin power of ${code(user)} and remove it from this room.`,
      targets: [{ id: user, ...(note ? { note } : {}) }],
      cautions: yourself ? [say`You could not command me any more.`] : [],
      instead: yourself
        ? say`Another admin can give it back with ${commandLine(`user make-user-admin ${user}`)}.`
        : say`${commandLine(`user make-user-admin ${user}`)} gives it back.`,
      frozen: null,
    };
  },

  run: revoked,
  again: 'safe',
  settle: async ({ user }, { users }) => ((await users.get(user))?.admin === false ? 'done' : 'not done'),
  complete: revoked,
});

async function revoked(
  { user }: { readonly user: string },
  { users, adminRoom }: Pick<Capabilities, 'users' | 'adminRoom'>,
): Promise<Reply> {
  const account = await localAccount(users, user);
  if (account.admin) await users.setAdmin(user, false);
  const change = { before: { admin: account.admin }, after: { admin: false } };
  const said = account.admin ? say`${code(user)} is no server admin any more` : say`${code(user)} was no server admin`;
  if (!(await isHere(users, adminRoom, user))) return reply.done(say`${said}. It is not in this room.`, { change });
  return (await adminRoom.remove(user, 'No server admin any more'))
    ? reply.done(say`${said}, and was removed from this room.`, { change })
    : reply.done(say`${said}. I could not remove it from this room: please do that yourself.`, { change });
}
