import { z } from 'zod';
import { atMostOneOf, displayName, email, flag, newUser, secret } from '../../core/fields.ts';
import { madePassword } from '../../core/made-password.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, joined, say, type Text } from '../../core/text.ts';
import type { NewUser, UserDetails, Users } from '../../homeserver/users.ts';
import { command } from '../define.ts';
import type { Local } from '../local.ts';
import { createdSince } from './created-since.ts';

/** True while nobody but the bot could administer the server. */
async function lacksAdmin(users: Users, botId: string): Promise<boolean> {
  const { rows } = await users.list({ from: 0, limit: 100, admins: true });
  return !rows.some((row) => row.userId !== botId && !row.deactivated && !row.locked);
}

const handedOver = (userId: string, password: string | undefined): Pick<Reply, 'secrets'> =>
  password === undefined ? {} : { secrets: [{ label: say`Password of ${code(userId)}`, value: password }] };

export default command({
  path: 'user create-user',
  aliases: ['user create'],
  flat: ['create-user'],
  summary: 'Create a local account.',
  cautions: [
    'Without a password a strong one is made and sent to you in a direct message.',
    'While the server has no admin but the bot, the account that an owner makes is made admin, unless --no-admin is given.',
  ],
  input: () =>
    z
      .object({
        username: newUser.describe('The localpart, or the whole user id on this server.'),
        password: secret
          .optional()
          .describe('Better left out: what you type stands in the room until the bot removes it.'),
        admin: flag.describe('Make the account a server admin.'),
        noAdmin: flag.describe('Never make it an admin.'),
        displayName: displayName.optional().describe('The name people see.'),
        email: z.array(email).default([]).describe('Bind this mail address; may be given again.'),
      })
      .check(atMostOneOf('admin', 'noAdmin')),
  positionals: ['username', 'password'],
  examples: [
    ['With a generated password', '!admin user create-user alice'],
    ['With a display name', '!admin create-user bob --display-name "Bob Miller"'],
    ['As a server admin', '!admin user create-user carol --admin'],
  ],
  danger: 'write',
  raise: ({ admin }) => (admin ? 'confirm' : undefined),
  role: 'admin',
  ownerOnly: ({ admin }) => admin,
  needs: ['users', 'adminRoom'],
  makesSecret: ({ password }) => password === undefined,

  async plan({ username, admin }, { users }) {
    const there = await users.get(username);
    if (there !== undefined) throw exists(there);
    const targets = [{ id: username }];
    if (!admin) return { title: say`Create ${code(username)}.`, targets, cautions: [], frozen: null };
    return {
      title: say`Create ${code(username)} as a server admin.`,
      targets,
      cautions: [say`A server admin can read, change and remove every account and room on this server.`],
      instead: say`Leave out ${code('--admin')} for an ordinary account.`,
      frozen: null,
    };
  },

  async run(input, { users, adminRoom }, asker) {
    const { username: userId, displayName } = input;
    const there = await users.get(userId);
    if (there !== undefined) throw exists(there);
    // Synapse would take the address away from whoever has it.
    for (const address of input.email) {
      const owner = await users.findByThreepid('email', address);
      if (owner !== undefined) throw taken(address, owner);
    }
    const mayRaise = asker.role === 'owner' && !input.noAdmin && !input.admin;
    const first = mayRaise && (await lacksAdmin(users, adminRoom.botId));
    const admin = input.admin || first;
    const account: NewUser = {
      userId,
      password: input.password ?? madePassword(),
      admin,
      ...(displayName === undefined ? {} : { displayname: displayName }),
      emails: input.email,
    };
    const set = await users.create(account);
    const made = input.password === undefined ? set.password : undefined;
    const lines = [say`Created ${code(userId)}. Log in at ${adminRoom.clientUrl}.`];
    if (first) lines.push(say`It was made a **server admin**, since the server had none but the bot.`);
    if (admin) lines.push(await invited(adminRoom, userId));
    if (set.remark !== undefined) lines.push(set.remark);
    return reply.done(joined(lines, ' '), {
      ...handedOver(userId, made),
      change: { before: null, after: { userId, admin, displayName: displayName ?? null, emails: input.email } },
    });
  },

  settle: async ({ username }, { users }, since) => createdSince(await users.get(username), since),

  async complete({ username }, { users, adminRoom }, _asker, secretLost) {
    const lines = [say`Created ${code(username)}. Log in at ${adminRoom.clientUrl}.`];
    const account = await users.get(username);
    if (account?.admin) lines.push(say`It is a **server admin**.`, await invited(adminRoom, username));
    const set = secretLost ? await users.setPassword(username, undefined, false) : undefined;
    if (set?.remark !== undefined) lines.push(set.remark);
    return reply.done(joined(lines, ' '), handedOver(username, set?.password));
  },
});

async function invited(adminRoom: Local['adminRoom'], userId: string): Promise<Text> {
  if ((await adminRoom.members()).has(userId)) return say`It is in this room.`;
  return (await adminRoom.invite(userId))
    ? say`It was invited to this room.`
    : say`I could not invite it to this room: please do that yourself.`;
}

function exists({ userId, deactivated }: Pick<UserDetails, 'userId' | 'deactivated'>): Problem {
  return new Problem(
    'exists',
    say`The account ${code(userId)} exists already; nothing was changed.`,
    deactivated
      ? say`It is deactivated: ${commandLine(`user reactivate ${userId}`)} brings it back.`
      : say`See ${commandLine(`user details ${userId}`)}, or ${commandLine(`user reset-password ${userId}`)} for a new password.`,
  );
}

function taken(address: string, owner: string): Problem {
  return new Problem(
    'exists',
    say`The mail address ${code(address)} belongs to ${code(owner)} already; no account was created.`,
  );
}
