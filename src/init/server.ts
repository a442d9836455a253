import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { createHttp, type HttpRequest, MatrixFault } from '../http.ts';

const client = '/_matrix/client/v3';
const admin = '/_synapse/admin';
const part = encodeURIComponent;

const session = z.object({ user_id: z.string(), access_token: z.string(), device_id: z.string() });
const whoami = z.object({ user_id: z.string(), device_id: z.string().optional() });
const account = z.object({ user_type: z.string().nullish(), deactivated: z.boolean(), admin: z.boolean() });
const admins = z.object({ users: z.array(z.object({ name: z.string() })) });
const roomState = z.object({
  state: z.array(
    z.object({
      type: z.string(),
      state_key: z.string(),
      sender: z.string(),
      content: z.record(z.string(), z.unknown()),
    }),
  ),
});

export type Session = z.infer<typeof session>;
export type Account = z.infer<typeof account>;
export type StateEvent = z.infer<typeof roomState>['state'][number];

/** An account to be made through the shared registration secret. */
export interface Registration {
  readonly username: string;
  readonly password: string;
  readonly secret: string;
}

/** The calls of setting up, with one token or none. Every one throws MatrixFault, NoAnswer, or ZodError. */
export interface Server {
  version(): Promise<string>;
  /** Whether accounts are kept by the Matrix Authentication Service (MSC2965). */
  delegatesAccounts(): Promise<boolean>;
  whoami(): Promise<{ readonly userId: string; readonly deviceId: string | undefined }>;
  /** `user`: localpart or whole id. */
  login(user: string, password: string, deviceId: string | undefined): Promise<Session>;
  logout(): Promise<void>;
  /** Makes a server admin of type bot (Synapse manual, "Shared-Secret Registration"). */
  registerBot(registration: Registration): Promise<Session>;
  /** `undefined` where no such local account exists. */
  account(userId: string): Promise<Account | undefined>;
  /** Makes or changes an account; the caller has looked which. */
  putAccount(userId: string, fields: Readonly<Record<string, unknown>>): Promise<void>;
  isAdmin(userId: string): Promise<boolean>;
  /** Active server admins that are no bots; locked ones too. */
  humanAdmins(): Promise<readonly string[]>;
  liftRateLimit(userId: string): Promise<void>;
  displayname(userId: string): Promise<string | undefined>;
  setDisplayname(userId: string, displayname: string): Promise<void>;
  /** `undefined` where the alias points nowhere. */
  resolveAlias(alias: string): Promise<string | undefined>;
  removeAlias(alias: string): Promise<void>;
  createRoom(body: Readonly<Record<string, unknown>>): Promise<string>;
  /** The whole state, also of a room one is not in; `undefined` where this server does not know the room. */
  roomState(roomId: string): Promise<readonly StateEvent[] | undefined>;
  /** Gives the highest local power in the room and, in a private one, an invite. */
  makeRoomAdmin(roomId: string, userId: string): Promise<void>;
  join(roomId: string): Promise<void>;
  invite(roomId: string, userId: string): Promise<void>;
}

/** Somebody sits before it, and running it again is safe. */
const patienceMs = 5_000;

/** `baseUrl` without a trailing slash. */
export function serverAt(baseUrl: string, token?: string): Server {
  const http = createHttp({ baseUrl, patienceMs, ...(token === undefined ? {} : { token }) });
  const get = (path: string, query?: HttpRequest['query']) =>
    http(query === undefined ? { method: 'GET', path } : { method: 'GET', path, query });
  // PUTs here set a state, so a second arrival changes nothing.
  const put = (path: string, body: unknown) => http({ method: 'PUT', path, body, repeatable: true });
  const post = (path: string, body: unknown) => http({ method: 'POST', path, body });

  return {
    async version() {
      return z.object({ server_version: z.string() }).parse(await get(`${admin}/v1/server_version`)).server_version;
    },
    async delegatesAccounts() {
      return (await unlessMissing(get('/_matrix/client/v1/auth_metadata'))) !== undefined;
    },
    async whoami() {
      const answer = whoami.parse(await get(`${client}/account/whoami`));
      return { userId: answer.user_id, deviceId: answer.device_id };
    },
    async login(user, password, deviceId) {
      return session.parse(
        await post(`${client}/login`, {
          type: 'm.login.password',
          identifier: { type: 'm.id.user', user },
          password,
          device_id: deviceId,
          initial_device_display_name: 'Castellan',
        }),
      );
    },
    async logout() {
      await post(`${client}/logout`, {});
    },
    async registerBot({ username, password, secret }) {
      const path = `${admin}/v1/register`;
      const { nonce } = z.object({ nonce: z.string() }).parse(await get(path));
      const signed = [nonce, username, password, 'admin', 'bot'].join('\0');
      const mac = createHmac('sha1', secret).update(signed).digest('hex');
      return session.parse(await post(path, { nonce, username, password, admin: true, user_type: 'bot', mac }));
    },
    async account(userId) {
      const answer = await unlessMissing(get(`${admin}/v2/users/${part(userId)}`));
      return answer === undefined ? undefined : account.parse(answer);
    },
    async putAccount(userId, fields) {
      await put(`${admin}/v2/users/${part(userId)}`, fields);
    },
    async isAdmin(userId) {
      return z.object({ admin: z.boolean() }).parse(await get(`${admin}/v1/users/${part(userId)}/admin`)).admin;
    },
    async humanAdmins() {
      // Locked accounts are left out of the list unless asked for.
      const query = { admins: true, guests: false, locked: true, not_user_type: 'bot', limit: 1000 };
      return admins.parse(await get(`${admin}/v2/users`, query)).users.map((user) => user.name);
    },
    async liftRateLimit(userId) {
      const limits = { messages_per_second: 0, burst_count: 0 };
      const path = `${admin}/v1/users/${part(userId)}/override_ratelimit`;
      await http({ method: 'POST', path, body: limits, repeatable: true });
    },
    async displayname(userId) {
      const answer = await unlessMissing(get(`${client}/profile/${part(userId)}/displayname`));
      return z.object({ displayname: z.string().optional() }).optional().parse(answer)?.displayname;
    },
    async setDisplayname(userId, displayname) {
      await put(`${client}/profile/${part(userId)}/displayname`, { displayname });
    },
    async resolveAlias(alias) {
      const answer = await unlessMissing(get(`${client}/directory/room/${part(alias)}`));
      return z.object({ room_id: z.string() }).optional().parse(answer)?.room_id;
    },
    async removeAlias(alias) {
      await http({ method: 'DELETE', path: `${client}/directory/room/${part(alias)}` });
    },
    async createRoom(body) {
      return z.object({ room_id: z.string() }).parse(await post(`${client}/createRoom`, body)).room_id;
    },
    async roomState(roomId) {
      const answer = await unlessMissing(get(`${admin}/v1/rooms/${part(roomId)}/state`));
      return answer === undefined ? undefined : roomState.parse(answer).state;
    },
    async makeRoomAdmin(roomId, userId) {
      await post(`${admin}/v1/rooms/${part(roomId)}/make_room_admin`, { user_id: userId });
    },
    async join(roomId) {
      await post(`${client}/join/${part(roomId)}`, {});
    },
    async invite(roomId, userId) {
      await post(`${client}/rooms/${part(roomId)}/invite`, { user_id: userId });
    },
  };
}

async function unlessMissing(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof MatrixFault && error.status === 404) return undefined;
    throw error;
  }
}
