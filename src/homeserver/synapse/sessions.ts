import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { Pusher, Sessions } from '../sessions.ts';
import type { SynapseHttp } from './http.ts';
import { logInAs, logOut } from './log-in-as.ts';
import type { RefuseDelegated } from './refuse-delegated.ts';

const admin = '/_synapse/admin';
const part = encodeURIComponent;
const text = once(() => z.string().nullish());

const connection = once(() => z.looseObject({ ip: z.string(), last_seen: z.number().nullish(), user_agent: text() }));
const whois = once(() =>
  z.looseObject({
    devices: z.record(
      z.string(),
      z.looseObject({ sessions: z.array(z.looseObject({ connections: z.array(connection()) })) }),
    ),
  }),
);
const pusher = once(() =>
  z.looseObject({
    kind: z.string(),
    app_id: z.string(),
    app_display_name: text(),
    device_display_name: text(),
    profile_tag: text(),
    lang: text(),
    pushkey: z.string(),
    // Anything that a client has put there.
    data: z.record(z.string(), z.unknown()).nullish().catch(null),
  }),
);
const pusherList = once(() => z.looseObject({ pushers: z.array(pusher()) }));

const masked = '***';
/** What of a pusher's data is known to be no secret; push services keep tokens and keys beside it. */
const openData = ['format', 'brand'];

function pusherOf(raw: z.output<ReturnType<typeof pusher>>): Pusher {
  const url = raw.data?.url;
  // Some push services take a token in the query of their address.
  const gateway = typeof url === 'string' ? (url.split(/[?#]/, 1)[0] ?? '') : null;
  const data = Object.entries(raw.data ?? {}).map(([name, value]) => [
    name,
    name === 'url' ? gateway : openData.includes(name) ? value : masked,
  ]);
  return {
    kind: raw.kind,
    appId: raw.app_id,
    appName: raw.app_display_name ?? null,
    deviceName: raw.device_display_name ?? null,
    profileTag: raw.profile_tag ?? null,
    language: raw.lang ?? null,
    key: raw.pushkey,
    gateway,
    raw: {
      ...raw,
      ...(raw.kind === 'email' ? {} : { pushkey: masked }),
      ...(raw.data ? { data: Object.fromEntries(data) } : {}),
    },
  };
}

export interface SynapseSessionsOptions {
  readonly http: SynapseHttp;
  readonly refuseDelegated: RefuseDelegated;
}

/** How accounts are used, by Synapse's user admin API (manual, "User Admin API"). */
export function createSynapseSessions({ http, refuseDelegated }: SynapseSessionsOptions): Sessions {
  return {
    async logInAs(userId, until) {
      await refuseDelegated(userId, (username) => `issue-compatibility-token ${username}`);
      return logInAs(http, userId, until);
    },

    endToken: (userId, token) => logOut(http, { userId, token }),

    async connections(userId) {
      const path = `${admin}/v1/whois/${part(userId)}`;
      const { devices } = await http.call(whois(), { method: 'GET', path });
      return Object.values(devices)
        .flatMap(({ sessions }) => sessions.flatMap(({ connections }) => connections))
        .toSorted((one, other) => (other.last_seen ?? 0) - (one.last_seen ?? 0))
        .map((raw) => ({
          ip: raw.ip,
          lastSeenAt: raw.last_seen ?? undefined,
          userAgent: raw.user_agent ?? null,
          raw,
        }));
    },

    async pushers(userId) {
      const path = `${admin}/v1/users/${part(userId)}/pushers`;
      return (await http.call(pusherList(), { method: 'GET', path })).pushers.map(pusherOf);
    },
  };
}
