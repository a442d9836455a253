import { z } from 'zod';
import { once } from '../core/once.ts';
import { type Attempt, createHttp } from '../http.ts';
import { DeadToken, isDeadToken, whoamiPath } from './dead-token.ts';
import type { Matrix } from './matrix.ts';
import { type MatrixCalls, matrixOverSdk } from './matrix-over-sdk.ts';

const whoami = once(() => z.object({ user_id: z.string().regex(/^@[^:]*:.+$/), device_id: z.string().optional() }));

export interface PlainOptions {
  /** Without a trailing slash. */
  readonly homeserverUrl: string;
  readonly token: string;
  readonly signal: AbortSignal;
  /** Hears how each call ended. */
  readonly heard: (attempt: Attempt) => void;
}

const part = encodeURIComponent;
/** How long an answer to the first question may take, in milliseconds; a server that is down is told at once. */
const patienceMs = 10_000;

/**
 * Matrix without a sync and without the SDK, for the command line, which must start quickly. Rejects with DeadToken,
 * MatrixFault or NoAnswer.
 */
export async function connectPlain({ homeserverUrl, token, signal, heard }: PlainOptions): Promise<Matrix> {
  const http = createHttp({ baseUrl: homeserverUrl, token, signal, heard });
  const once = createHttp({ baseUrl: homeserverUrl, token, signal, heard, repeats: false });
  const { user_id: userId, device_id: deviceId } = await once({
    method: 'GET',
    path: whoamiPath,
    timeoutMs: patienceMs,
  })
    .then((answer) => whoami().parse(answer, { jitless: true }))
    .catch(async (error) => {
      throw (await isDeadToken(error, once, signal)) ? new DeadToken() : error;
    });
  const room = (roomId: string) => `/_matrix/client/v3/rooms/${part(roomId)}`;
  const calls: MatrixCalls = {
    health: { read: () => ({ state: 'starting' }) },
    run: async () => {
      throw new Error('the command line does not sync');
    },
    stop: () => undefined,
    getRawEvent: (roomId, eventId) => http({ method: 'GET', path: `${room(roomId)}/event/${part(eventId)}` }),
    getRoomStateEvent: (roomId, type, key) =>
      http({ method: 'GET', path: `${room(roomId)}/state/${part(type)}/${part(key)}` }),
    inviteUser: (user, roomId) => http({ method: 'POST', path: `${room(roomId)}/invite`, body: { user_id: user } }),
    kickUser: (user, roomId, reason) =>
      http({ method: 'POST', path: `${room(roomId)}/kick`, body: { user_id: user, reason } }),
  };
  return matrixOverSdk(calls, { userId, http }, deviceId);
}
