import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerUser as register, type Session } from './register-user.ts';

const client = '/_matrix/client/v3';
const path = encodeURIComponent;

export type Json = Record<string, unknown>;

/** A room event as the client-server API gives it. */
export interface RoomEvent {
  readonly type: string;
  readonly event_id: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Json;
  readonly state_key?: string;
  readonly redacts?: string;
  readonly unsigned?: Json;
}

interface Wait {
  readonly timeoutMs?: number;
}

/** An answer that is not 2xx. */
export class HttpError extends Error {
  readonly status: number;
  readonly errcode: string | undefined;

  constructor(request: string, status: number, body: Json) {
    super(`${request} answered ${status} ${body.errcode}: ${body.error}`);
    this.status = status;
    this.errcode = body.errcode as string | undefined;
  }
}

/**
 * Makes a user by the shared secret and returns a client for it. Admins are freed from rate limits, so that tests can
 * send as fast as they like, unless `keepLimits`.
 */
export async function registerUser(
  server: { readonly url: string; readonly sharedSecret: string },
  localpart: string,
  options: { readonly admin?: boolean; readonly password?: string; readonly keepLimits?: boolean } = {},
): Promise<TestClient> {
  const user = new TestClient(server.url, await register(server, localpart, options));
  if (options.admin && !options.keepLimits) await user.liftLimits(user.userId);
  return user;
}

/** Logs in with a password; throws an HttpError (403 M_FORBIDDEN for a wrong one). */
export async function loginPassword(server: { readonly url: string }, localpart: string, password: string) {
  const anyone = new TestClient(server.url, { userId: '', accessToken: '', deviceId: '' });
  const answer = await anyone.request('POST', `${client}/login`, {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: localpart },
    password,
  });
  return new TestClient(server.url, {
    userId: String(answer.user_id),
    accessToken: String(answer.access_token),
    deviceId: String(answer.device_id),
  });
}

/** When nothing fits for so long, all of the history is read again. */
const readAllAgainMs = 3_000;

/** A Matrix user of a test, by plain HTTP. A 429 is waited out; every other failure throws an HttpError. */
export class TestClient {
  /** What `waitForEvent` has read: reading a long history for every answer would keep the server busy with nothing else. */
  private readonly known = new Map<string, KnownRoom>();
  readonly url: string;
  readonly userId: string;
  readonly accessToken: string;
  readonly deviceId: string;

  constructor(url: string, session: Session) {
    this.url = url;
    this.userId = session.userId;
    this.accessToken = session.accessToken;
    this.deviceId = session.deviceId;
  }

  async request<T = Json>(method: string, pathAndQuery: string, body?: unknown): Promise<T> {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await this.fetch(method, pathAndQuery, init);
    return (await response.json()) as T;
  }

  /** A request below `/_synapse/admin`, such as `admin('GET', '/v2/users/@a:b')`. */
  admin(method: string, pathAndQuery: string, body?: unknown): Promise<Json> {
    return this.request(method, `/_synapse/admin${pathAndQuery}`, body);
  }

  /** Frees a user from this server's rate limits; needs an admin. */
  async liftLimits(userId: string): Promise<void> {
    const unlimited = { messages_per_second: 0, burst_count: 0 };
    await this.admin('POST', `/v1/users/${path(userId)}/override_ratelimit`, unlimited);
  }

  async createRoom(options: Json = {}): Promise<string> {
    return String((await this.request('POST', `${client}/createRoom`, options)).room_id);
  }

  async join(roomIdOrAlias: string, via: string[] = []): Promise<string> {
    const servers = via.map((name) => `via=${path(name)}`).join('&');
    return String((await this.request('POST', `${client}/join/${path(roomIdOrAlias)}?${servers}`, {})).room_id);
  }

  async leave(roomId: string): Promise<void> {
    await this.request('POST', `${client}/rooms/${path(roomId)}/leave`, {});
  }

  async invite(roomId: string, userId: string): Promise<void> {
    await this.request('POST', `${client}/rooms/${path(roomId)}/invite`, { user_id: userId });
  }

  /** Sends an `m.text` with that body, or that content (of type `m.room.message` unless named); returns the event id. */
  async send(roomId: string, content: string | Json, type = 'm.room.message'): Promise<string> {
    const body = typeof content === 'string' ? { msgtype: 'm.text', body: content } : content;
    const to = `${client}/rooms/${path(roomId)}/send/${path(type)}/${randomUUID()}`;
    return String((await this.request('PUT', to, body)).event_id);
  }

  async sendState(roomId: string, type: string, content: Json, stateKey = ''): Promise<string> {
    const to = `${client}/rooms/${path(roomId)}/state/${path(type)}/${path(stateKey)}`;
    return String((await this.request('PUT', to, content)).event_id);
  }

  async redact(roomId: string, eventId: string, reason?: string): Promise<string> {
    const to = `${client}/rooms/${path(roomId)}/redact/${path(eventId)}/${randomUUID()}`;
    return String((await this.request('PUT', to, reason === undefined ? {} : { reason })).event_id);
  }

  /** Every event of the room that this user may see, oldest first. */
  async messages(roomId: string): Promise<RoomEvent[]> {
    const events: RoomEvent[] = [];
    let from = '';
    do {
      const page = await this.request<{ chunk: RoomEvent[]; end?: string }>(
        'GET',
        `${client}/rooms/${path(roomId)}/messages?dir=f&limit=1000${from}`,
      );
      events.push(...page.chunk);
      from = page.end === undefined ? '' : `&from=${path(page.end)}`;
    } while (from !== '');
    return events;
  }

  event(roomId: string, eventId: string): Promise<RoomEvent> {
    return this.request('GET', `${client}/rooms/${path(roomId)}/event/${path(eventId)}`);
  }

  async joinedMembers(roomId: string): Promise<string[]> {
    const answer = await this.request('GET', `${client}/rooms/${path(roomId)}/joined_members`);
    return Object.keys(answer.joined as Json).sort();
  }

  /** Uploads and returns the mxc address. */
  async upload(
    bytes: NonNullable<RequestInit['body']>,
    type = 'application/octet-stream',
    filename?: string,
  ): Promise<string> {
    const query = filename === undefined ? '' : `?filename=${path(filename)}`;
    const response = await this.fetch('POST', `/_matrix/media/v3/upload${query}`, {
      body: bytes,
      headers: { 'content-type': type },
    });
    return String(((await response.json()) as Json).content_uri);
  }

  async download(mxc: string): Promise<Uint8Array> {
    const response = await this.fetch('GET', `/_matrix/client/v1/media/download/${mxc.slice('mxc://'.length)}`, {});
    return new Uint8Array(await response.arrayBuffer());
  }

  /**
   * The first event of the room, past or to come, for which `predicate` holds; an outage of the server is waited out.
   * Events are kept as they came: one that is redacted later looks as before.
   */
  async waitForEvent(roomId: string, predicate: (event: RoomEvent) => boolean, wait: Wait = {}): Promise<RoomEvent> {
    const { timeoutMs = 240_000 } = wait;
    const deadline = Date.now() + timeoutMs;
    const known = this.known.get(roomId) ?? { since: undefined, events: new Map() };
    this.known.set(roomId, known);
    let readAll = Date.now();
    for (;;) {
      const left = Math.max(deadline - Date.now(), 0);
      try {
        const match = [...known.events.values()].find(predicate) ?? (await this.readOn(roomId, known, left, predicate));
        if (match) return match;
        // What is fetched from another server later comes into the history and not with a sync.
        if (Date.now() - readAll > readAllAgainMs) {
          known.since = undefined;
          readAll = Date.now();
        }
      } catch (error) {
        // fetch throws a TypeError when there is no connection.
        if (!(error instanceof TypeError)) throw error;
        await sleep(100);
      }
      if (left === 0) {
        throw new Error(`no such event in ${roomId} within ${timeoutMs} ms; ${await this.lastEvents(roomId)}`);
      }
    }
  }

  /** Reads what has come since the last time, all of the history at first; the first new event that fits. */
  private async readOn(
    roomId: string,
    known: KnownRoom,
    left: number,
    predicate: (event: RoomEvent) => boolean,
  ): Promise<RoomEvent | undefined> {
    const { since } = known;
    const filter = path(JSON.stringify({ room: { rooms: [roomId], timeline: { limit: 100 } } }));
    const position = since === undefined ? '&timeout=0' : `&timeout=${Math.min(left, 20_000)}&since=${path(since)}`;
    const answer: Sync = await this.request('GET', `${client}/sync?filter=${filter}${position}`);
    const room = answer.rooms?.join?.[roomId] ?? answer.rooms?.leave?.[roomId];
    // The place in the stream is taken before history is read, so that nothing can fall between the two.
    const gap = since === undefined || room?.timeline.limited;
    const read = gap ? await this.messages(roomId) : (room?.timeline.events ?? []);
    const fresh = read.filter(({ event_id }) => !known.events.has(event_id));
    for (const event of fresh) known.events.set(event.event_id, event);
    known.since = answer.next_batch;
    return fresh.find(predicate);
  }

  /** The first event that replies to `eventId` (`m.relates_to.m.in_reply_to`), past or to come. */
  waitForReply(roomId: string, eventId: string, wait: Wait = {}): Promise<RoomEvent> {
    return this.waitForEvent(roomId, (event) => repliesTo(event) === eventId, wait);
  }

  private async lastEvents(roomId: string): Promise<string> {
    const events = (await this.messages(roomId)).slice(-10);
    const lines = events.map(
      ({ type, sender, content }) => `${type} ${sender} ${JSON.stringify(content).slice(0, 200)}`,
    );
    return `the last are:\n${lines.join('\n')}`;
  }

  private async fetch(method: string, pathAndQuery: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.accessToken) headers.set('authorization', `Bearer ${this.accessToken}`);
    for (;;) {
      const response = await fetch(this.url + pathAndQuery, { ...init, method, headers });
      if (response.ok) return response;
      const body = (await response.json().catch(() => ({}))) as Json;
      if (response.status !== 429) throw new HttpError(`${method} ${pathAndQuery}`, response.status, body);
      await sleep(Number(body.retry_after_ms ?? 1000));
    }
  }
}

interface KnownRoom {
  /** Up to where it was read. */
  since: string | undefined;
  readonly events: Map<string, RoomEvent>;
}

interface Sync {
  readonly next_batch: string;
  readonly rooms?: { readonly join?: SyncRooms; readonly leave?: SyncRooms };
}
type SyncRooms = Record<string, { readonly timeline: { readonly limited?: boolean; readonly events: RoomEvent[] } }>;

/** The id of the event that this one replies to, if it does. */
export function repliesTo(event: RoomEvent): string | undefined {
  const relation = event.content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined;
  return relation?.['m.in_reply_to']?.event_id;
}
