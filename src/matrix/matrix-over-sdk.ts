import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { once } from '../core/once.ts';
import type { CastellanClient, ClientOptions } from './client.ts';
import type { Content, Health, Matrix, RoomEvent } from './matrix.ts';
import { isForbidden, isMissing } from './missing.ts';
import { roomEvent } from './room-event.ts';

/** An upload has a minute, and as long as it takes over a line as slow as this. */
const slowestBytesPerMs = 100;

const part = encodeURIComponent;
const room = (roomId: string) => `/_matrix/client/v3/rooms/${part(roomId)}`;

const sent = once(() => z.object({ event_id: z.string() }));
const content = once(() => z.record(z.string(), z.unknown()));
const page = once(() => z.object({ chunk: z.array(z.unknown()), end: z.string().optional() }));
const uploadedAs = once(() => z.object({ content_uri: z.string() }));
const members = once(() => z.object({ joined: z.record(z.string(), z.unknown()) }));

/** What is left to the SDK's client, or to whatever stands in its place. */
export interface MatrixCalls extends Pick<CastellanClient, 'run' | 'stop'> {
  readonly health: { read(): Health };
  getRawEvent(roomId: string, eventId: string): Promise<unknown>;
  getRoomStateEvent(roomId: string, type: string, stateKey: string): Promise<unknown>;
  inviteUser(userId: string, roomId: string): Promise<unknown>;
  kickUser(userId: string, roomId: string, reason?: string): Promise<unknown>;
}

/** What the rest sees, over the client; `http` for what the SDK has no method for, or none that is right. */
export function matrixOverSdk(
  client: MatrixCalls,
  { userId, http }: Pick<ClientOptions, 'userId' | 'http'>,
  deviceId: string | undefined,
): Matrix {
  async function orUndefined<T>(answer: Promise<T>, expected: (error: unknown) => boolean): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (expected(error)) return undefined;
      throw error;
    }
  }

  async function history(roomId: string, limit: number, until: (event: RoomEvent) => boolean = () => false) {
    const found: RoomEvent[] = [];
    for (let from: string | undefined = ''; from !== undefined && found.length < limit; ) {
      const query = { dir: 'b', limit: Math.min(limit - found.length, 100), ...(from === '' ? {} : { from }) };
      const { chunk, end } = page().parse(await http({ method: 'GET', path: `${room(roomId)}/messages`, query }));
      for (const raw of chunk) {
        const event = roomEvent(roomId, raw);
        if (event === undefined) continue;
        found.push(event);
        if (until(event)) return found;
      }
      from = end === from ? undefined : end;
    }
    return found;
  }

  return {
    userId,
    serverName: userId.slice(userId.indexOf(':') + 1),
    deviceId,
    health: () => client.health.read(),
    sync: (roomId, onEvent, onAccountData, { alsoRoomIds = [], matters = () => true } = {}) =>
      client.run({ roomId, alsoRoomIds, onEvent, onAccountData, matters }),
    stop: () => client.stop(),
    request: (method, path, body, options = {}) =>
      http({ method, path, ...options, ...(body === undefined ? {} : { body }) }),
    async send(roomId, type, body, transactionId) {
      // The SDK makes up a transaction id with every call, so that a repeated send would be a second message.
      const path = `${room(roomId)}/send/${part(type)}/${part(transactionId)}`;
      return sent().parse(await http({ method: 'PUT', path, body, repeatable: true })).event_id;
    },
    async redact(roomId, eventId, reason, transactionId) {
      const path = `${room(roomId)}/redact/${part(eventId)}/${part(transactionId)}`;
      await http({ method: 'PUT', path, body: { reason }, repeatable: true });
    },
    async event(roomId, eventId) {
      const raw: unknown = await orUndefined(
        client.getRawEvent(roomId, eventId),
        (error) => isMissing(error) || isForbidden(error),
      );
      return roomEvent(roomId, raw);
    },
    async state(roomId, type, stateKey = ''): Promise<Content | undefined> {
      const raw: unknown = await orUndefined(client.getRoomStateEvent(roomId, type, stateKey), isMissing);
      return raw === undefined ? undefined : content().parse(raw);
    },
    async joinedMembers(roomId) {
      const path = `${room(roomId)}/joined_members`;
      return new Set(Object.keys(members().parse(await http({ method: 'GET', path })).joined));
    },
    history,
    async invite(roomId, invited) {
      await client.inviteUser(invited, roomId);
    },
    async kick(roomId, kicked, reason) {
      await client.kickUser(kicked, roomId, reason);
    },
    async download(mxc) {
      const path = `/_matrix/client/v1/media/download/${mxc.slice('mxc://'.length).split('/').map(part).join('/')}`;
      return z.string().parse(await http({ method: 'GET', path, plain: true }));
    },
    async upload(what, mimetype, filename) {
      const onDisk = typeof what === 'object' && 'path' in what;
      const content = onDisk
        ? {
            streamed: {
              size: what.size,
              open: () => createReadStream(what.path, what.size === 0 ? {} : { end: what.size - 1 }),
            },
          }
        : { body: typeof what === 'string' ? Buffer.from(what) : what };
      const size = 'streamed' in content ? content.streamed.size : content.body.byteLength;
      const timeoutMs = 60_000 + Math.ceil(size / slowestBytesPerMs);
      const request = { path: '/_matrix/media/v3/upload', query: { filename }, contentType: mimetype };
      return uploadedAs().parse(await http({ ...request, ...content, method: 'POST', timeoutMs })).content_uri;
    },
  };
}
