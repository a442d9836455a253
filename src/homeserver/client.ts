/**
 * A typed client of Synapse's admin API, for programs of your own: what the bot itself is built on.
 *
 * ```ts
 * import { connect } from 'castellan/homeserver';
 *
 * const synapse = await connect({ url: 'http://localhost:8008', token: process.env.TOKEN ?? '' });
 * const { rows, total } = await synapse.users.list({ from: 0, limit: 100 });
 * ```
 *
 * Each noun's calls are documented where they are declared: `synapse.users`, `rooms`, `media`, `tokens`, …
 * What a call cannot do is thrown as {@link Problem}, with words for people, or as {@link MatrixFault} and
 * {@link NoAnswer}. Nothing may be done to the account the token belongs to.
 *
 * @module
 */
import { z } from 'zod';
import { once } from '../core/once.ts';
import { createHttp } from '../http.ts';
import type { Homeserver } from './homeserver.ts';
import { createSynapse, type SynapseNouns } from './synapse/synapse.ts';

export { Problem } from '../core/problem.ts';
export { MatrixFault, NoAnswer } from '../http.ts';
export type * from './homeserver.ts';

/** How to reach a homeserver. */
export interface ConnectOptions {
  /** The client and admin API's address, without a trailing slash. */
  readonly url: string;
  /** Access token of a server admin. */
  readonly token: string;
  /** Rooms that nothing may be done to, by id and alias. */
  readonly protectedRooms?: readonly string[];
  /** Milliseconds for one call; 60,000 unless told. */
  readonly timeoutMs?: number;
  /** Stops every call under way and every later one. */
  readonly signal?: AbortSignal;
}

const whoami = once(() => z.object({ user_id: z.string().regex(/^@[^:]*:.+$/) }));

/** Asks the homeserver whose token it is, and gives its nouns. Throws MatrixFault for a refused token, NoAnswer for a server that is down. */
export async function connect(options: ConnectOptions): Promise<Homeserver & SynapseNouns> {
  const { url: baseUrl, token, protectedRooms = [], timeoutMs, signal } = options;
  const cancelled = signal === undefined ? {} : { signal };
  const http = createHttp({ baseUrl, token, repeats: false, ...cancelled });
  const { user_id: botId } = whoami().parse(await http({ method: 'GET', path: '/_matrix/client/v3/account/whoami' }));
  return createSynapse({
    baseUrl,
    token,
    serverName: botId.slice(botId.indexOf(':') + 1),
    botId,
    adminRoomNames: () => protectedRooms,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...cancelled,
  });
}
