import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, registerUser, TestClient } from '../homeserver/client.ts';
import { testPassword } from '../homeserver/register-user.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { writeDatabase } from '../homeserver/write-database.ts';

const client = '/_matrix/client/v3';
const part = encodeURIComponent;
/** With it the bridge acts as any of its users. */
export const bridgeToken = 'token-of-the-bridge';

/** The kinds of accounts that servers treat differently; `old`: a name as it was allowed once, never seen. */
export const kinds = [
  'ordinary',
  'old',
  'suspended',
  'locked',
  'deactivated',
  'guest',
  'bridge',
  'shadow-banned',
] as const;
export type Kind = (typeof kinds)[number];

/** An account that has joined the room, sent a message there and uploaded a file, before it became what it is. */
export interface AccountOfKind {
  readonly kind: Kind;
  readonly userId: string;
  readonly eventId: string;
  /** A room of its own, where there is one. */
  readonly home: string;
  readonly device: string;
}

export interface AccountKinds {
  readonly server: Synapse;
  /** A server admin, and the creator of the room. */
  readonly host: TestClient;
  readonly roomId: string;
  /** A public room that guests may join. */
  openRoom(name: string): Promise<string>;
  make(kind: Kind, withHome?: boolean): Promise<AccountOfKind>;
  details(userId: string): Promise<Json>;
}

/** Starts a server on which there can be guests and the users of a bridge. */
export async function startServerOfKinds(name: string): Promise<AccountKinds> {
  const server = await startSynapse({ name, config: { allow_guest_access: true } });
  registerBridge(server);
  await server.restart();
  const host = await registerUser(server, 'host', { admin: true });
  const openRoom = (roomName: string) =>
    host.createRoom({
      preset: 'public_chat',
      name: roomName,
      initial_state: [{ type: 'm.room.guest_access', content: { guest_access: 'can_join' } }],
    });
  const roomId = await openRoom('Room');
  const admin = (method: string, path: string, body?: unknown) => host.admin(method, path, body);
  let made = 0;

  async function born(kind: Kind): Promise<TestClient> {
    made += 1;
    const as = (userId: string, accessToken: string) =>
      new TestClient(server.url, { userId, accessToken, deviceId: '' });
    if (kind === 'guest') {
      const answer = await host.request('POST', `${client}/register?kind=guest`, {});
      return as(String(answer.user_id), String(answer.access_token));
    }
    if (kind === 'bridge') {
      const body = { type: 'm.login.application_service', username: `bridged-${made}`, inhibit_login: true };
      const answer = await as('', bridgeToken).request('POST', `${client}/register`, body);
      return puppet(String(answer.user_id));
    }
    const userId = `@${kind === 'old' ? 'Old.Hand' : kind}-${made}:${server.serverName}`;
    if (kind === 'old') bornLongAgo(server, userId);
    else await admin('PUT', `/v2/users/${part(userId)}`, { password: testPassword });
    return puppet(userId);

    async function puppet(id: string): Promise<TestClient> {
      return as(id, String((await admin('POST', `/v1/users/${part(id)}/login`, {})).access_token));
    }
  }

  const become: Partial<Record<Kind, (path: string) => Promise<unknown>>> = {
    suspended: (user) => admin('PUT', `/v1/suspend/${user}`, { suspend: true }),
    locked: (user) => admin('PUT', `/v2/users/${user}`, { locked: true }),
    'shadow-banned': (user) => admin('POST', `/v1/users/${user}/shadow_ban`),
    async deactivated(user) {
      await admin('POST', `/v1/deactivate/${user}`, { erase: false });
      // The server leaves the rooms in its own time.
      while ((await admin('GET', `/v1/users/${user}/joined_rooms`)).total !== 0);
    },
  };

  return {
    server,
    host,
    roomId,
    openRoom,
    details: (userId) => admin('GET', `/v2/users/${part(userId)}`),
    async make(kind, withHome = false) {
      const someone = await born(kind);
      const { userId } = someone;
      await someone.join(roomId);
      const home = withHome ? await openRoom('Home') : '';
      if (withHome) await someone.join(home);
      const eventId = await someone.send(roomId, 'hello');
      if (kind !== 'guest') await someone.upload(Buffer.from('a file'));
      await admin('POST', `/v2/users/${part(userId)}/devices`, { device_id: 'PHONE' });
      await become[kind]?.(part(userId));
      return { kind, userId, eventId, home, device: 'PHONE' };
    },
  };
}

/** The server reads the registration at its next start. */
function registerBridge(server: Synapse): void {
  const configFile = join(server.dataDir, 'homeserver.yaml');
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as Json;
  const registration = {
    id: 'irc',
    url: null,
    as_token: bridgeToken,
    hs_token: 'token-of-the-homeserver',
    sender_localpart: 'irc-bot',
    rate_limited: false,
    namespaces: { users: [{ exclusive: true, regex: '@bridged-.*' }], aliases: [], rooms: [] },
  };
  writeFileSync(join(server.dataDir, 'irc.yaml'), JSON.stringify(registration));
  // Where the server sees its own folder, which need not be where we see it.
  const inside = String(config.media_store_path).replace(/media$/, 'irc.yaml');
  writeFileSync(configFile, JSON.stringify({ ...config, app_service_config_files: [inside] }));
}

/** Names with capital letters were allowed once; nothing but the database can make one now. */
function bornLongAgo(server: Synapse, userId: string): void {
  const created = 1_400_000_000;
  const localpart = userId.slice(1, userId.indexOf(':'));
  writeDatabase(server, 'INSERT INTO users (name, creation_ts, admin, is_guest) VALUES (?, ?, 0, 0)', userId, created);
  writeDatabase(
    server,
    'INSERT INTO profiles (user_id, full_user_id, displayname) VALUES (?, ?, ?)',
    localpart,
    userId,
    'Old Hand',
  );
}
