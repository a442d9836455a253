import { z } from 'zod';
import { localpartOf } from '../../core/ids.ts';
import { madePassword } from '../../core/made-password.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { Listed } from '../listed.ts';
import type { Membership, UserDetails, UserQuery, UserRow, Users } from '../users.ts';
import { flag } from './flag.ts';
import type { SynapseHttp } from './http.ts';
import { createRefuseDelegated } from './refuse-delegated.ts';

const admin = '/_synapse/admin';
const part = encodeURIComponent;

const text = once(() => z.string().nullish());
const time = once(() => z.number().nullish());

/** Seconds since 1970 in the details, milliseconds in the list; both in one form. */
function createdAt(stamp: number | null | undefined): number | undefined {
  if (stamp === null || stamp === undefined) return undefined;
  return stamp < 100_000_000_000 ? stamp * 1000 : stamp;
}

const rowFields = once(() =>
  z.looseObject({
    name: z.string(),
    displayname: text(),
    admin: flag(),
    deactivated: flag(),
    locked: flag().optional(),
    shadow_banned: flag().optional(),
    is_guest: flag().optional(),
    user_type: text(),
    creation_ts: time(),
    last_seen_ts: time(),
  }),
);
const page = once(() => z.looseObject({ users: z.array(rowFields()), total: z.number() }));
const details = once(() =>
  rowFields().extend({
    suspended: flag().optional(),
    erased: flag().optional(),
    appservice_id: text(),
    avatar_url: text(),
    threepids: z.array(z.looseObject({ medium: z.string(), address: z.string() })).optional(),
    external_ids: z.array(z.looseObject({ auth_provider: z.string(), external_id: z.string() })).optional(),
  }),
);
const done = once(() => z.looseObject({}));
const deviceList = once(() =>
  z.looseObject({
    devices: z.array(
      z.looseObject({
        device_id: z.string(),
        display_name: text(),
        last_seen_ts: time(),
        last_seen_ip: text(),
        last_seen_user_agent: text(),
        dehydrated: flag().nullish(),
      }),
    ),
  }),
);
const memberships = once((): z.ZodType<Membership> => z.enum(['join', 'leave', 'ban', 'invite', 'knock']));

function rowOf(raw: z.output<ReturnType<typeof rowFields>>): UserRow {
  return {
    userId: raw.name,
    displayname: raw.displayname ?? null,
    admin: Boolean(raw.admin),
    deactivated: Boolean(raw.deactivated),
    locked: Boolean(raw.locked),
    shadowBanned: Boolean(raw.shadow_banned),
    guest: Boolean(raw.is_guest),
    userType: raw.user_type ?? null,
    createdAt: createdAt(raw.creation_ts),
    lastSeenAt: raw.last_seen_ts ?? undefined,
    raw,
  };
}

function detailsOf(raw: z.output<ReturnType<typeof details>>): UserDetails {
  return {
    ...rowOf(raw),
    suspended: Boolean(raw.suspended),
    erased: Boolean(raw.erased),
    appserviceId: raw.appservice_id ?? null,
    threepids: (raw.threepids ?? []).map(({ medium, address }) => ({ medium, address })),
    externalIds: (raw.external_ids ?? []).map(({ auth_provider, external_id }) => ({
      provider: auth_provider,
      id: external_id,
    })),
    avatarUrl: raw.avatar_url ?? null,
  };
}

export interface SynapseUsersOptions {
  readonly http: SynapseHttp;
  readonly serverName: string;
  readonly delegatesAccounts: () => Promise<boolean>;
}

/** Accounts, by Synapse's user admin API (manual, "User Admin API"). */
export function createSynapseUsers({ http, serverName, delegatesAccounts }: SynapseUsersOptions): Users {
  const refuseDelegated = createRefuseDelegated(delegatesAccounts);
  const isLocal = (userId: string) => userId.slice(userId.indexOf(':') + 1) === serverName;

  /** Synapse makes a new account of a PUT to an unknown one. */
  async function modify(userId: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
    if ((await get(userId)) === undefined) throw new Problem('not-found', say`There is no local user ${code(userId)}.`);
    await http.call(done(), { method: 'PUT', path: `${admin}/v2/users/${part(userId)}`, body: fields });
  }

  async function get(userId: string): Promise<UserDetails | undefined> {
    if (!isLocal(userId)) return undefined;
    const found = await http.find(details(), { method: 'GET', path: `${admin}/v2/users/${part(userId)}` });
    return found && detailsOf(found);
  }

  async function fetchPage(query: UserQuery, locked: boolean, guests: boolean | undefined): Promise<Listed<UserRow>> {
    const answer = await http.call(page(), {
      method: 'GET',
      path: `${admin}/v2/users`,
      query: {
        from: query.from,
        limit: query.limit,
        order_by: query.sort,
        dir: query.reverse ? 'b' : 'f',
        name: query.name,
        user_id: query.userId,
        guests,
        deactivated: query.deactivated,
        admins: query.admins,
        locked,
        not_user_type: query.notType,
      },
    });
    return { rows: answer.users.map(rowOf), total: answer.total };
  }

  /** Synapse can add locked accounts to the list but not list them alone; their number is what they add. */
  async function listLocked(query: UserQuery, guests: boolean | undefined): Promise<Listed<UserRow>> {
    const counting = { ...query, from: 0, limit: 1 };
    const [all, unlocked] = await Promise.all([fetchPage(counting, true, guests), fetchPage(counting, false, guests)]);
    const total = Math.max(0, all.total - unlocked.total);
    const wanted = Math.min(total, query.from + query.limit);
    const locked: UserRow[] = [];
    // Where no particular order is asked for, the locked ones can come first, and the walk ends with them.
    const order = query.sort === undefined && !query.reverse ? { sort: 'locked' as const, reverse: true } : {};
    const size = 500;
    for (let from = 0; locked.length < wanted && from < all.total; from += size) {
      const { rows } = await fetchPage({ ...query, ...order, from, limit: size }, true, guests);
      locked.push(...rows.filter((row) => row.locked));
    }
    return { rows: locked.slice(query.from, query.from + query.limit), total };
  }

  return {
    get,

    async list(query) {
      if (query.name !== undefined && query.userId !== undefined)
        throw new Problem('unsupported', say`The homeserver searches by name or by user id, not by both at once.`);
      // Under a Matrix Authentication Service there are no guests, and Synapse insists on being told so.
      const guests = (await delegatesAccounts()) ? false : query.guests;
      return query.lockedOnly ? listLocked(query, guests) : fetchPage(query, true, guests);
    },

    async isAdmin(userId) {
      if (!isLocal(userId)) return false;
      // Not the flag in the details: under a Matrix Authentication Service that one means nothing, and this is gone.
      const path = `${admin}/v1/users/${part(userId)}/admin`;
      const found = await http.find(z.looseObject({ admin: z.boolean() }), { method: 'GET', path });
      return found?.admin ?? false;
    },

    async findByThreepid(medium, address) {
      const path = `${admin}/v1/threepid/${part(medium)}/users/${part(address)}`;
      const found = await http.find(z.looseObject({ user_id: z.string() }), { method: 'GET', path });
      return found?.user_id;
    },

    async nameFault(userId) {
      const query = { username: localpartOf(userId) };
      try {
        await http.call(done(), { method: 'GET', path: `${admin}/v1/username_available`, query });
        return undefined;
      } catch (error) {
        // A server that cannot tell beforehand tells when the account is made.
        if (error instanceof Problem && error.code === 'unsupported') return undefined;
        if (error instanceof Problem && error.code === 'rejected') return error.text;
        throw error;
      }
    },

    async create({ userId, password, admin: isAdmin, displayname, emails }) {
      await refuseDelegated(userId, (username) => `register-user ${username}`);
      await http.call(z.looseObject({ name: z.literal(userId) }), {
        method: 'PUT',
        path: `${admin}/v2/users/${part(userId)}`,
        body: {
          password,
          displayname,
          ...(isAdmin ? { admin: true } : {}),
          ...(emails ? { threepids: emails.map((address) => ({ medium: 'email', address })) } : {}),
        },
      });
      return { password: password ?? '', sessionsEnded: false };
    },

    async setPassword(userId, password, endSessions) {
      await refuseDelegated(userId, (username) => `set-password ${username}`);
      const set = password ?? madePassword();
      const body = { new_password: set, logout_devices: endSessions };
      await http.call(done(), { method: 'POST', path: `${admin}/v1/reset_password/${part(userId)}`, body });
      return { password: set, sessionsEnded: endSessions };
    },

    async deactivate(userId, erase) {
      await refuseDelegated(userId, (username) => `lock-user ${username} --deactivate`);
      const answer = z.looseObject({ id_server_unbind_result: z.string() });
      await http.call(answer, { method: 'POST', path: `${admin}/v1/deactivate/${part(userId)}`, body: { erase } });
    },

    async setAdmin(userId, isAdmin) {
      await refuseDelegated(userId, (username) => `${isAdmin ? 'promote' : 'demote'}-admin ${username}`);
      const path = `${admin}/v1/users/${part(userId)}/admin`;
      await http.call(done(), { method: 'PUT', path, body: { admin: isAdmin } });
    },

    async setSuspended(userId, suspended) {
      const answer = z.looseObject({ [`user_${userId}_suspended`]: z.literal(suspended) });
      await http.call(answer, {
        method: 'PUT',
        path: `${admin}/v1/suspend/${part(userId)}`,
        body: { suspend: suspended },
      });
    },

    async setLocked(userId, locked) {
      await refuseDelegated(userId, (username) => `${locked ? 'lock' : 'unlock'}-user ${username}`);
      await modify(userId, { locked });
    },

    async removeThreepids(userId) {
      await refuseDelegated(userId);
      await modify(userId, { threepids: [] });
    },

    async joinedRooms(userId) {
      const answer = z.looseObject({ joined_rooms: z.array(z.string()) });
      const path = `${admin}/v1/users/${part(userId)}/joined_rooms`;
      return (await http.call(answer, { method: 'GET', path })).joined_rooms;
    },

    async memberships(userId) {
      const answer = z.looseObject({ memberships: z.record(z.string(), memberships()) });
      const path = `${admin}/v1/users/${part(userId)}/memberships`;
      return new Map(Object.entries((await http.call(answer, { method: 'GET', path })).memberships));
    },

    async devices(userId) {
      const path = `${admin}/v2/users/${part(userId)}/devices`;
      return (await http.call(deviceList(), { method: 'GET', path })).devices.map((device) => ({
        deviceId: device.device_id,
        displayName: device.display_name ?? null,
        lastSeenAt: device.last_seen_ts ?? undefined,
        lastSeenIp: device.last_seen_ip ?? null,
        userAgent: device.last_seen_user_agent ?? null,
        dehydrated: Boolean(device.dehydrated),
        raw: device,
      }));
    },

    async deleteDevices(userId, deviceIds) {
      // There a device without its session comes back with the session's next request.
      await refuseDelegated(userId, (username) => `kill-sessions ${username}`);
      const path = `${admin}/v2/users/${part(userId)}/delete_devices`;
      await http.call(done(), { method: 'POST', path, body: { devices: deviceIds } });
    },

    async liftRateLimit(userId) {
      const path = `${admin}/v1/users/${part(userId)}/override_ratelimit`;
      const unlimited = { messages_per_second: 0, burst_count: 0 };
      await http.call(z.looseObject({ messages_per_second: z.literal(0) }), { method: 'POST', path, body: unlimited });
    },
  };
}
