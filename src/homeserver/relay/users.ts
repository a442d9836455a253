import { localpartOf, serverOf } from '../../core/ids.ts';
import { madePassword } from '../../core/made-password.ts';
import { Problem } from '../../core/problem.ts';
import { code, joined, say, type Text } from '../../core/text.ts';
import { MatrixFault } from '../../http.ts';
import type { Listed } from '../listed.ts';
import type { NewUser, PasswordSet, UserDetails, UserQuery, UserRow, Users } from '../users.ts';
import { viaClient } from './client-problem.ts';
import { createRelayDevices } from './devices.ts';
import type { SaidPassword } from './dialect.ts';
import { lacking } from './lacking.ts';
import type { RelayParts } from './parts.ts';
import type { RoomLine } from './readers.ts';
import { rowOf } from './room-row.ts';

/** Accounts, by a room that lists their names and little else. */
export function createRelayUsers(parts: RelayParts): Users {
  const { matrix, dialect, commander, room, recall } = parts;
  const { acts } = dialect;
  const absent = (method: string) => lacking(dialect, `users.${method}`);
  const isLocal = (userId: string) => serverOf(userId) === matrix.serverName;
  const ids = () => recall('users', () => commander.do(acts.listUsers()));
  const admins = () => viaClient(() => room.admins());

  function rowFor(userId: string, adminIds: ReadonlySet<string>, deactivated: boolean): UserDetails {
    const admin = adminIds.has(userId);
    return {
      userId,
      displayname: null,
      admin,
      deactivated,
      locked: undefined,
      shadowBanned: undefined,
      guest: undefined,
      userType: null,
      createdAt: undefined,
      lastSeenAt: undefined,
      suspended: undefined,
      erased: undefined,
      appserviceId: null,
      threepids: [],
      externalIds: [],
      avatarUrl: null,
      raw: { name: userId, admin, ...(deactivated ? { closed: true } : {}) },
    };
  }

  /** Of one that is not listed: whether its name is taken all the same, as by a closed account. */
  async function fault(userId: string): Promise<{ readonly errcode: string; readonly reason: string } | undefined> {
    try {
      const query = { username: localpartOf(userId) };
      await matrix.request('GET', '/_matrix/client/v3/register/available', undefined, { query });
      return undefined;
    } catch (error) {
      if (error instanceof MatrixFault) return { errcode: error.errcode, reason: error.reason };
      return viaClient(() => Promise.reject(error));
    }
  }

  async function get(userId: string): Promise<UserDetails | undefined> {
    if (!isLocal(userId)) return undefined;
    const [known, adminIds] = await Promise.all([ids(), admins()]);
    if (known.includes(userId)) return rowFor(userId, adminIds, false);
    const taken = dialect.listsOnlyOpen && (await fault(userId))?.errcode === 'M_USER_IN_USE';
    return taken ? rowFor(userId, adminIds, true) : undefined;
  }

  /** Looks whether the list says so too; an answer that does not come contradicts nothing. */
  async function requireListed(userId: string, listed: boolean, contradiction: Text): Promise<void> {
    let known: readonly string[];
    try {
      known = await commander.do(acts.listUsers());
    } catch (error) {
      if (error instanceof Problem) return;
      throw error;
    }
    if (known.includes(userId) !== listed)
      throw new Problem('unknown-outcome', contradiction, say`Look at how it stands before trying again.`);
  }

  const setOf = ({ password, sessionsEnded }: SaidPassword, ...remarks: (Text | undefined)[]): PasswordSet => {
    const said = remarks.filter((remark) => remark !== undefined);
    return { password, sessionsEnded, ...(said.length === 0 ? {} : { remark: joined(said, ' ') }) };
  };

  /** Some take no password, and make their own. */
  function refuseGiven(password: string | undefined): void {
    if (password === undefined || dialect.resetPassword === 'given') return;
    throw new Problem(
      'unsupported',
      say`${dialect.name} takes no password here: it makes one itself. Nothing was changed.`,
      say`Leave the password out; the one it makes is sent to you.`,
    );
  }

  async function joinedLines(userId: string): Promise<readonly RoomLine[]> {
    const order = isLocal(userId) ? acts.joinedRooms?.(userId) : acts.sharedRooms?.(userId);
    if (order === undefined) return absent('joinedRooms')();
    return recall(`rooms of ${userId}`, () => commander.do(order));
  }

  async function invite(userId: string): Promise<void> {
    if ((await admins()).has(userId)) return;
    try {
      await matrix.invite(room.roomId, userId);
    } catch (error) {
      if (error instanceof MatrixFault && error.status === 403 && /already in the room/i.test(error.reason)) return;
      if (error instanceof MatrixFault && error.status === 403)
        throw new Problem(
          'rejected',
          say`I may not invite ${code(userId)} to the homeserver's own admin room: ${error.reason}`,
          say`Invite it there yourself, or give me the power to invite.`,
        );
      throw error;
    }
  }

  async function makeAdmin(userId: string): Promise<void> {
    const order = acts.makeAdmin?.(userId);
    if (order === undefined) return viaClient(() => invite(userId), true);
    try {
      await commander.do(order);
    } catch (error) {
      const isThere = error instanceof Problem && error.code === 'conflict' && (await admins()).has(userId);
      if (!isThere) throw error;
    }
    // Palpo only sets a mark: whoever is not in the room commands nothing.
    if (dialect.serverLocalpart === 'palpo') await viaClient(() => invite(userId), true);
  }

  async function revokeAdmin(userId: string): Promise<void> {
    const others = [...(await admins())].filter((one) => one !== userId && one !== matrix.userId);
    if (others.length === 0)
      throw new Problem(
        'never',
        say`${code(userId)} is the last in the homeserver's own room besides the bot.`,
        say`Make someone else an admin first.`,
      );
    if (acts.revokeAdmin !== undefined && (await ifKnown(commander.do(acts.revokeAdmin(userId))))) return;
    await viaClient(() => matrix.kick(room.roomId, userId, 'No server admin any more'), true);
  }

  const { setSuspended, setLocked, logOut, reactivate } = acts;

  return {
    get,

    async list(query) {
      const known = await ids();
      const adminIds = await admins();
      const wanted = known.filter((userId) => keeps(query, userId, adminIds)).toSorted();
      if (query.reverse) wanted.reverse();
      const rows = wanted.slice(query.from, query.from + query.limit).map((userId) => rowFor(userId, adminIds, false));
      return { rows, total: wanted.length } satisfies Listed<UserRow>;
    },

    isAdmin: async (userId) => (await admins()).has(userId),
    findByThreepid: absent('findByThreepid'),

    async nameFault(userId) {
      const why = await fault(userId);
      const known = ['M_USER_IN_USE', 'M_INVALID_USERNAME', 'M_EXCLUSIVE'];
      return why !== undefined && known.includes(why.errcode) ? say`${why.reason}` : undefined;
    },

    async create(user: NewUser) {
      const { userId, password = madePassword(), admin = false, displayname, emails = [] } = user;
      if (displayname !== undefined || emails.length > 0)
        throw new Problem(
          'unsupported',
          say`${dialect.name} takes no display name and no mail address with a new account. Nothing was made.`,
          say`Leave them out; whoever has the account can set them.`,
        );
      const { value, exposed } = await commander.doInSecret(acts.createUser(userId, password));
      await requireListed(
        userId,
        true,
        say`The homeserver says that it made ${code(userId)}, but its list of accounts has none of that name.`,
      );
      return setOf(value, exposed, admin ? await adminFault(userId) : undefined);
    },

    async setPassword(userId, password, endSessions) {
      refuseGiven(password);
      const given = dialect.resetPassword === 'own' ? undefined : (password ?? madePassword());
      const { value, exposed } = await commander.doInSecret(acts.resetPassword(userId, given, endSessions));
      return setOf(value, exposed);
    },

    async deactivate(userId, erase, keepRooms = false) {
      if (erase)
        throw new Problem(
          'unsupported',
          say`${dialect.name} cannot hide the messages of a closed account. Nothing was done.`,
          say`Leave out ${code('--erase')}.`,
        );
      if (keepRooms && !dialect.deactivatesInPlace) return absent('deactivateInPlace')();
      await commander.do(acts.deactivate(userId, keepRooms));
      if (!dialect.listsOnlyOpen) return;
      await requireListed(
        userId,
        false,
        say`The homeserver says that it closed ${code(userId)}, but still lists it among the open accounts.`,
      );
    },
    ...(dialect.deactivatesInPlace ? { deactivatesInPlace: true as const } : {}),

    ...(reactivate === undefined
      ? {}
      : {
          async reactivate(userId: string, password: string | undefined) {
            refuseGiven(password);
            const { value, exposed } = await commander.doInSecret(reactivate(userId, password ?? madePassword()));
            await requireListed(
              userId,
              true,
              say`The homeserver did not say no, but does not list ${code(userId)} among the open accounts.`,
            );
            return setOf(value, exposed);
          },
        }),

    setAdmin: (userId, admin) => (admin ? makeAdmin(userId) : revokeAdmin(userId)),
    setSuspended: setSuspended
      ? async (userId, on) => void (await commander.do(setSuspended(userId, on)))
      : absent('setSuspended'),
    setLocked: setLocked ? async (userId, on) => void (await commander.do(setLocked(userId, on))) : absent('setLocked'),
    ...(logOut === undefined ? {} : { logOut: async (userId: string) => void (await commander.do(logOut(userId))) }),
    removeThreepids: absent('removeThreepids'),
    joinedRooms: async (userId) => (await joinedLines(userId)).map(({ roomId }) => roomId),
    joinedRoomRows: async (userId) => (await joinedLines(userId)).map(rowOf),
    memberships: async (userId) => new Map((await joinedLines(userId)).map(({ roomId }) => [roomId, 'join'])),
    ...createRelayDevices(parts),
    // There is nothing of the kind; the server decides by its configuration.
    liftRateLimit: async () => undefined,
  };

  /** An account that was made must not be lost because it could not be made an admin too. */
  async function adminFault(userId: string): Promise<Text | undefined> {
    try {
      await makeAdmin(userId);
      return undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return say`⚠️ It could not be made a server admin: ${error.text}`;
    }
  }

  function keeps(query: UserQuery, userId: string, adminIds: ReadonlySet<string>): boolean {
    const { name, userId: part, admins: wanted } = query;
    if (query.lockedOnly) throw unknown(say`which accounts are locked`);
    if (query.deactivated && dialect.listsOnlyOpen) throw unknown(say`which accounts are closed`);
    if (query.sort !== undefined && query.sort !== 'name') throw unknown(say`more than the names of its accounts`);
    if (wanted !== undefined && adminIds.has(userId) !== wanted) return false;
    if (part !== undefined && !userId.includes(part)) return false;
    return name === undefined || localpartOf(userId).toLowerCase().includes(name.toLowerCase());
  }

  function unknown(what: Text): Problem {
    return new Problem('unsupported', say`${dialect.name} does not tell ${what}.`, dialect.instead['users.list']);
  }
}

/** False where the version does not know the command, and so has done nothing. */
async function ifKnown(asked: Promise<true>): Promise<boolean> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Problem && error.code === 'unsupported') return false;
    throw error;
  }
}
