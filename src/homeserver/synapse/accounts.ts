import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { Accounts } from '../accounts.ts';
import type { SynapseHttp } from './http.ts';
import type { RefuseDelegated } from './refuse-delegated.ts';

const admin = '/_synapse/admin';
const part = encodeURIComponent;

const done = once(() => z.looseObject({}));
const limit = once(() =>
  z.union([z.looseObject({ messages_per_second: z.number(), burst_count: z.number() }), z.strictObject({})]),
);
const data = once(() =>
  z.looseObject({
    account_data: z.looseObject({
      global: z.record(z.string(), z.unknown()).default({}),
      rooms: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
    }),
  }),
);

export interface SynapseAccountsOptions {
  readonly http: SynapseHttp;
  readonly refuseDelegated: RefuseDelegated;
}

/** What is seldom asked about an account, by Synapse's admin API (manual, "User Admin API"). */
export function createSynapseAccounts({ http, refuseDelegated }: SynapseAccountsOptions): Accounts {
  const v1 = (userId: string, what: string) => `${admin}/v1/users/${part(userId)}/${what}`;

  return {
    async modify(userId, changes) {
      await refuseDelegated(userId);
      await http.call(z.looseObject({ name: z.literal(userId) }), {
        method: 'PUT',
        path: `${admin}/v2/users/${part(userId)}`,
        body: {
          password: changes.password,
          logout_devices: changes.password === undefined ? undefined : (changes.endSessions ?? true),
          displayname: changes.displayname,
          avatar_url: changes.avatarUrl,
          threepids: changes.threepids,
          admin: changes.admin,
          locked: changes.locked,
          deactivated: changes.deactivated,
          user_type: changes.userType,
        },
      });
    },

    async setShadowBanned(userId, shadowBanned) {
      await http.call(done(), { method: shadowBanned ? 'POST' : 'DELETE', path: v1(userId, 'shadow_ban') });
    },

    async rateLimit(userId) {
      const found = await http.call(limit(), { method: 'GET', path: v1(userId, 'override_ratelimit') });
      if (!('messages_per_second' in found)) return undefined;
      return { messagesPerSecond: found.messages_per_second, burst: found.burst_count };
    },

    async setRateLimit(userId, wanted) {
      const path = v1(userId, 'override_ratelimit');
      if (wanted === undefined) await http.call(done(), { method: 'DELETE', path });
      else {
        const body = { messages_per_second: wanted.messagesPerSecond, burst_count: wanted.burst };
        await http.call(limit(), { method: 'POST', path, body });
      }
    },

    async findByAuthProvider(provider, externalId) {
      const path = `${admin}/v1/auth_providers/${part(provider)}/users/${part(externalId)}`;
      return (await http.find(z.looseObject({ user_id: z.string() }), { method: 'GET', path }))?.user_id;
    },

    async counts(userId, since) {
      const query = { from_ts: since };
      const [invites, joins] = await Promise.all([
        http.call(z.looseObject({ invite_count: z.number() }), {
          method: 'GET',
          path: v1(userId, 'sent_invite_count'),
          query,
        }),
        http.call(z.looseObject({ cumulative_joined_room_count: z.number() }), {
          method: 'GET',
          path: v1(userId, 'cumulative_joined_room_count'),
          query,
        }),
      ]);
      return { invitesSent: invites.invite_count, roomsJoined: joins.cumulative_joined_room_count };
    },

    async accountData(userId) {
      const answer = await http.call(data(), { method: 'GET', path: v1(userId, 'accountdata') });
      return { global: answer.account_data.global, rooms: answer.account_data.rooms };
    },

    async experimentalFeatures(userId) {
      const path = `${admin}/v1/experimental_features/${part(userId)}`;
      const answer = z.looseObject({ features: z.record(z.string(), z.boolean()) });
      return new Map(Object.entries((await http.call(answer, { method: 'GET', path })).features));
    },

    async setExperimentalFeatures(userId, features) {
      const path = `${admin}/v1/experimental_features/${part(userId)}`;
      await http.call(done(), { method: 'PUT', path, body: { features: Object.fromEntries(features) } });
    },

    async allowCrossSigningReset(userId) {
      const path = v1(userId, '_allow_cross_signing_replacement_without_uia');
      const answer = z.looseObject({ updatable_without_uia_before_ms: z.number() });
      return (await http.find(answer, { method: 'POST', path, body: {} }))?.updatable_without_uia_before_ms;
    },
  };
}
