import { z } from 'zod';
import { once } from '../core/once.ts';
import { createHttp, type Http, NoAnswer } from '../http.ts';
import type { Log } from '../log.ts';
import { DeadToken, isDeadToken, whoamiPath } from './dead-token.ts';
import { faultFields } from './fault-fields.ts';
import { loadSdk } from './load-sdk.ts';
import type { Matrix } from './matrix.ts';
import { matrixOverSdk } from './matrix-over-sdk.ts';
import { backoffMs, pause } from './pause.ts';
import type { Storage } from './storage.ts';

export interface ConnectOptions {
  readonly homeserverUrl: string;
  readonly token: string;
  readonly storage: Storage;
  readonly log: Log;
  /** Does what `stop` does, also while no homeserver has answered yet. */
  readonly signal?: AbortSignal;
}

const whoami = once(() => z.object({ user_id: z.string().regex(/^@[^:]*:.+$/), device_id: z.string().optional() }));

async function identity(http: Http, log: Log, signal: AbortSignal): Promise<z.infer<ReturnType<typeof whoami>>> {
  for (let failures = 0; !signal.aborted; ) {
    try {
      return whoami().parse(await http({ method: 'GET', path: whoamiPath, timeoutMs: 10_000 }));
    } catch (error) {
      if (await isDeadToken(error, http, signal)) throw new DeadToken();
      if (signal.aborted) break;
      failures++;
      const fields = faultFields(error);
      if (failures === 1) log.warn(fields, 'the homeserver does not answer; trying again until it does');
      else log.debug(fields, 'still no answer from the homeserver');
      await pause(backoffMs(failures), signal);
    }
  }
  throw new NoAnswer('stopped', false);
}

/**
 * Connects to the homeserver, and waits for it however long it is away. Rejects with DeadToken where the token is
 * refused, and with NoAnswer('stopped') where `signal` aborts first.
 */
export async function connectMatrix(options: ConnectOptions): Promise<Matrix> {
  const { token, storage, log, signal } = options;
  const homeserverUrl = options.homeserverUrl.replace(/\/+$/, '');
  const stopping = new AbortController();
  if (signal?.aborted) stopping.abort();
  signal?.addEventListener('abort', () => stopping.abort(), { once: true });
  const http = createHttp({ baseUrl: homeserverUrl, token, signal: stopping.signal });
  const httpOnce = createHttp({ baseUrl: homeserverUrl, token, signal: stopping.signal, repeats: false });
  const { user_id: userId, device_id: deviceId } = await identity(httpOnce, log, stopping.signal);
  const { CastellanClient } = await loadSdk();
  const clientOptions = { homeserverUrl, userId, http, httpOnce, storage, log, stopping };
  return matrixOverSdk(new CastellanClient(clientOptions), clientOptions, deviceId);
}
