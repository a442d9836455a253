import { z } from 'zod';
import { localUser } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { type Capabilities, command } from '../define.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user make-user-admin',
  summary: 'Make a local account a server admin and invite it to this room.',
  input: () => z.object({ user: localUser.describe('Who becomes an admin.') }),
  positionals: ['user'],
  examples: [['Make alice an admin', '!admin user make-user-admin alice']],
  danger: 'confirm',
  role: 'owner',
  needs: ['users', 'adminRoom'],

  async plan({ user }, { users, adminRoom }) {
    const account = await localAccount(users, user);
    if (account.deactivated)
      throw new Problem('conflict', say`${code(user)} is deactivated; it cannot become an admin.`);
    if (account.admin && (await adminRoom.members()).has(user)) {
      throw new Problem(
        'conflict',
        say`${code(user)} is a server admin already, and in this room; there is nothing to do.`,
      );
    }
    return {
      title: say`Make ${code(user)} a server admin and invite it to this room.`,
      targets: [{ id: user, ...(account.admin ? { note: say`is an admin already` } : {}) }],
      cautions: [say`A server admin can read, change and remove every account and room on this server.`],
      instead: say`${commandLine(`user revoke-user-admin ${user}`)} takes it back.`,
      frozen: null,
    };
  },

  run: madeAdmin,
  again: 'safe',
  settle: async ({ user }, { users }) => ((await users.get(user))?.admin === true ? 'done' : 'not done'),
  complete: madeAdmin,
});

async function madeAdmin(
  { user }: { readonly user: string },
  { users, adminRoom }: Pick<Capabilities, 'users' | 'adminRoom'>,
): Promise<Reply> {
  const account = await localAccount(users, user);
  if (account.deactivated) throw new Problem('conflict', say`${code(user)} is deactivated; it cannot become an admin.`);
  await users.setAdmin(user, true);
  const change = { before: { admin: account.admin }, after: { admin: true } };
  if ((await adminRoom.members()).has(user)) {
    return reply.done(say`${code(user)} is a server admin. It is in this room already.`, { change });
  }
  return (await adminRoom.invite(user))
    ? reply.done(say`${code(user)} is a server admin now, and invited to this room.`, { change })
    : reply.done(
        say`${code(user)} is a server admin now. I could not invite it to this room: please do that yourself.`,
        {
          change,
        },
      );
}
