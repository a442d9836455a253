import { z } from 'zod';
import { atMostOneOf, displayName, flag, localUser, secret, text } from '../../core/fields.ts';
import { madePassword } from '../../core/made-password.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, joined, say, type Text } from '../../core/text.ts';
import type { UserDetails } from '../../homeserver/users.ts';
import type { Asker } from '../asker.ts';
import { type Capabilities, command, type Plan } from '../define.ts';
import { accountChanges, differences, differenceText, threepidsIn } from './account-changes.ts';
import { accountMarks } from './account-marks.ts';
import { applyChanges } from './apply-changes.ts';
import { createdSince } from './created-since.ts';
import { cautionsOf, deactivateAccount, deactivationCautions, deactivationHelp } from './deactivate-account.ts';
import { isHere } from './is-here.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';

const input = () =>
  z
    .object({
      user: localUser.describe('Which account.'),
      passwordPrompt: flag.describe('A new password: asked for on a terminal, made and sent to you in a room.'),
      password: secret
        .optional()
        .describe('A new password; better left out, since it stands in the room until removed.'),
      displayName: displayName.optional().describe('The name people see; "" takes it away.'),
      threepid: z
        .array(z.tuple([text, text]))
        .default([])
        .describe('Adds a third-party id, like `email alice@example.org`; may be given again.'),
      clearThreepids: flag.describe('Takes all third-party ids away first.'),
      avatarUrl: text.optional().describe('The picture, as mxc://…; "" takes it away.'),
      admin: flag.describe('Make it a server admin.'),
      noAdmin: flag.describe('No server admin any more.'),
      activate: flag.describe('Back to life, if it was deactivated.'),
      deactivate: flag.describe('Close it for good, as `user deactivate` does.'),
      lock: flag.describe('Shut it out.'),
      unlock: flag.describe('Let it in again.'),
      userType: text.optional().describe('`bot`, `support`, or `none` for an ordinary user.'),
      noLogout: flag.describe('A new password ends no sessions.'),
      create: flag.describe('Make the account where there is none.'),
    })
    .check(
      atMostOneOf('password', 'passwordPrompt'),
      atMostOneOf('admin', 'noAdmin'),
      atMostOneOf('activate', 'deactivate'),
      atMostOneOf('lock', 'unlock'),
    );

type Input = z.output<ReturnType<typeof input>>;
type Frozen = { admin: boolean; creates: boolean };
type Caps = Pick<Capabilities, 'users' | 'accounts' | 'adminRoom'>;

const setsPassword = ({ password, passwordPrompt }: Input) => password !== undefined || passwordPrompt;

/** What takes something from an account or lets somebody else in: whose mail address it has can reset its password. */
const takes = (one: Input): boolean =>
  one.noAdmin ||
  one.lock ||
  one.deactivate ||
  one.activate ||
  one.clearThreepids ||
  one.threepid.length > 0 ||
  setsPassword(one);

/** The account as it is; undefined where it is to be made. */
async function modified(one: Input, { users, adminRoom }: Caps, asker: Asker): Promise<UserDetails | undefined> {
  const { user } = one;
  const { botId } = adminRoom;
  if (one.deactivate) notTheBot(user, botId, 'deactivate');
  if (one.lock) notTheBot(user, botId, 'lock');
  if (one.noAdmin) notTheBot(user, botId, 'demote');
  if (setsPassword(one)) notTheBot(user, botId, 'reset the password of');
  if (one.noLogout && !setsPassword(one))
    throw new Problem('usage', say`${code('--no-logout')} goes with a new password only.`);
  if (user === asker.userId && one.passwordPrompt && !one.noLogout)
    throw new Problem(
      'conflict',
      say`This would log you out everywhere, and the new password would be in a message that you could not read any more.`,
      say`Add ${code('--no-logout')} to stay logged in.`,
    );
  const account = one.create ? await users.get(user) : await localAccount(users, user);
  if (account === undefined) {
    if (one.lock || one.activate || one.deactivate)
      throw new Problem('usage', say`${code(user)} is to be made, so that it cannot be locked or closed at once.`);
    const fault = await users.nameFault(user);
    if (fault !== undefined) throw new Problem('rejected', say`${code(user)} cannot be made: ${fault}`);
    return undefined;
  }
  if (account.deactivated && !one.activate && (one.admin || setsPassword(one)))
    throw new Problem(
      'conflict',
      say`${code(user)} is deactivated: nobody could make use of that.`,
      say`${code('--activate')} brings it back.`,
    );
  return account;
}

/** Synapse would take the address away from whoever has it. */
async function refuseTaken({ user, threepid }: Input, { users }: Caps): Promise<void> {
  for (const { medium, address } of threepidsIn(threepid)) {
    const owner = await users.findByThreepid(medium, address);
    if (owner !== undefined && owner !== user)
      throw new Problem('exists', say`${code(address)} belongs to ${code(owner)} already; nothing was changed.`);
  }
}

/** Deactivating is another command's plan and act; nothing else can go with it. */
function refuseBeside(one: Input): void {
  const { user: _, deactivate: __, ...others } = one;
  const given = Object.entries(others).filter(
    ([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
  );
  if (given.length > 0)
    throw new Problem('usage', say`${code('--deactivate')} goes with no other change: it ends the account.`);
}

async function deactivationPlan(account: UserDetails, { users }: Caps, asker: Asker): Promise<Plan<Frozen>> {
  const { userId } = account;
  const rooms = await users.joinedRooms(userId);
  if (account.deactivated && rooms.length === 0)
    throw new Problem('conflict', say`${code(userId)} is deactivated already; there is nothing to do.`);
  return {
    title: say`Deactivate ${code(userId)}.`,
    targets: [{ id: userId, note: joined([say`in ${rooms.length} rooms`, ...accountMarks(account, asker)]) }],
    cautions: cautionsOf({ erase: false, noLeaveRooms: false }, users),
    instead: deactivationCautions.instead,
    words: [userId],
    frozen: { admin: account.admin, creates: false },
  };
}

export default command({
  path: 'user modify',
  summary: 'Change an account: its name, picture, third-party ids, password, state or power.',
  cautions: [
    'The plan shows old → new. An unknown account is refused unless `--create` is given.',
    'Third-party ids are for log-in, account recovery and mail notifications; they are added to those there are.',
    ...deactivationHelp.slice(0, 2).map((one) => `With --deactivate: ${one}`),
  ],
  input,
  positionals: ['user'],
  short: {
    p: 'passwordPrompt',
    P: 'password',
    n: 'displayName',
    t: 'threepid',
    v: 'avatarUrl',
    a: 'admin',
    u: 'noAdmin',
  },
  examples: [
    ['A new name', '!admin user modify alice --display-name "Alice Miller"'],
    ['One more mail address', '!admin user modify alice -t email alice@example.org'],
    ['A new password, sent to you', '!admin user modify alice -p --no-logout'],
  ],
  danger: 'confirm',
  raise: ({ deactivate }) => (deactivate ? 'typed' : undefined),
  role: 'admin',
  ownerOnly: ({ admin, noAdmin }) => admin || noAdmin,
  takesFrom: (one) => (takes(one) ? [one.user] : []),
  needs: ['users', 'accounts', 'adminRoom'],
  makesSecret: ({ passwordPrompt }) => passwordPrompt,

  async plan(one, caps, asker) {
    const account = await modified(one, caps, asker);
    if (one.deactivate && account !== undefined) {
      refuseBeside(one);
      return deactivationPlan(account, caps, asker);
    }
    await refuseTaken(one, caps);
    const changed = differences(accountChanges(one, account), account).map(differenceText);
    const password: Text[] = setsPassword(one)
      ? [say`password: **a new one**${one.noLogout ? ', sessions go on' : account ? ', all sessions end' : ''}`]
      : [];
    if (account !== undefined && changed.length + password.length === 0)
      throw new Problem('conflict', say`${code(one.user)} is so already; there is nothing to do.`);
    const marks = account === undefined ? [] : accountMarks(account, asker);
    return {
      title: account === undefined ? say`Create ${code(one.user)}.` : say`Change ${code(one.user)}.`,
      targets: [{ id: one.user, ...(marks.length > 0 ? { note: joined(marks) } : {}) }],
      cautions: [
        ...changed,
        ...password,
        ...(one.admin ? [say`A server admin can read, change and remove every account and room on this server.`] : []),
        ...(one.noAdmin && one.user === asker.userId ? [say`You could not command me any more.`] : []),
        ...(one.noAdmin && (await isHere(caps.users, caps.adminRoom, one.user))
          ? [say`It is removed from this room.`]
          : []),
        ...(account === undefined && !setsPassword(one) ? [say`Without a password nobody can log in to it yet.`] : []),
        ...(one.activate && account?.deactivated && !setsPassword(one)
          ? [say`Nobody can log in to it until it has a password; its rooms and third-party ids do not come back.`]
          : []),
      ],
      instead: say`The old values can be set again in the same way.`,
      frozen: { admin: account?.admin ?? false, creates: account === undefined },
    };
  },

  async run(one, caps, asker, frozen) {
    const account = await modified(one, caps, asker);
    if (account !== undefined && frozen?.creates === true)
      throw new Problem(
        'conflict',
        say`Somebody else has made ${code(one.user)} since the plan was shown; nothing was done.`,
      );
    if (account?.admin && frozen?.admin === false && !one.admin)
      throw new Problem(
        'conflict',
        say`${code(one.user)} has become a server admin since the plan was shown; nothing was done.`,
      );
    if (one.deactivate && account !== undefined) {
      refuseBeside(one);
      return closed(account, caps);
    }
    await refuseTaken(one, caps);
    const made = one.passwordPrompt ? madePassword() : undefined;
    const password = one.password ?? made;
    const changes = accountChanges(one, account);
    return applyChanges({ user: one.user, account, changes, password, made, endSessions: !one.noLogout }, caps);
  },

  async settle(one, { users }, since) {
    const account = await users.get(one.user);
    if (account === undefined) return 'not done';
    if (one.create && createdSince(account, since) === 'done') return 'done';
    if (one.deactivate) return account.deactivated ? 'done' : 'not done';
    // Whether a password was set nobody can tell; it may be set twice.
    return setsPassword(one) || differences(accountChanges(one, account), account).length > 0 ? 'not done' : 'done';
  },

  async complete(one, caps, _asker, secretLost) {
    const account = await localAccount(caps.users, one.user);
    if (one.deactivate) return closed(account, caps);
    const made = secretLost ? madePassword() : undefined;
    const changes = accountChanges(one, account);
    const password = made ?? one.password;
    return applyChanges({ user: one.user, account, changes, password, made, endSessions: !one.noLogout }, caps);
  },
});

async function closed(account: UserDetails, { users }: Caps): Promise<Reply> {
  const stillIn = await deactivateAccount(users, account, { erase: false, noLeaveRooms: false });
  const left =
    stillIn === undefined || stillIn === 0 ? say`it is in no room any more` : say`⚠️ it is still in ${stillIn} rooms`;
  return reply.done(say`Deactivated ${code(account.userId)}: its sessions have ended, and ${left}.`, {
    change: { before: { deactivated: account.deactivated }, after: { deactivated: true } },
  });
}
