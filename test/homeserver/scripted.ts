import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface ScriptedRequest {
  readonly method: string;
  /** Path with query, percent-encoded as it came. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** A string goes out as it is (broken JSON, HTML), anything else as JSON. */
  readonly body?: unknown;
}

/** `hang`: never answered. `reset`: the connection is broken. `lose`: the server does it, then the connection is broken. */
export type ScriptedOutcome = ScriptedAnswer | 'hang' | 'reset' | 'lose' | undefined;

export type ScriptedHandler = (request: ScriptedRequest) => ScriptedOutcome | Promise<ScriptedOutcome>;

export interface Scripted {
  readonly url: string;
  readonly port: number;
  /** Everything that was asked, in order. */
  readonly requests: ScriptedRequest[];
  /** Asked in order; the first that returns an outcome wins. May be changed at any time. */
  readonly handlers: ScriptedHandler[];
  close(): Promise<void>;
}

/**
 * An HTTP server for faults that a real homeserver does not produce on demand. What no handler answers goes to the real
 * server at `target`, or is answered 404 M_UNRECOGNIZED when there is none.
 */
export async function startScripted(handlers: ScriptedHandler[], target?: string): Promise<Scripted> {
  const requests: ScriptedRequest[] = [];
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await buffer(incoming);
    const { method = 'GET', url: path = '/', headers } = incoming;
    const asked = { method, path, headers, body: raw.toString('utf8') };
    requests.push(asked);
    const outcome = await firstOutcome(handlers, asked);
    if (outcome === 'hang') return;
    if (outcome === 'reset') return reset(incoming);
    if (typeof outcome === 'object') {
      const text = typeof outcome.body === 'string' ? outcome.body : JSON.stringify(outcome.body ?? {});
      response.writeHead(outcome.status, { 'content-type': 'application/json', ...outcome.headers }).end(text);
      return;
    }
    if (target === undefined) {
      const body = { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' };
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return;
    }
    const forwarded = request(new URL(path, target), { method, headers });
    response.once('close', () => forwarded.destroy());
    forwarded.end(raw);
    const [real] = (await once(forwarded, 'response')) as [IncomingMessage];
    if (outcome === 'lose') {
      await buffer(real);
      return reset(incoming);
    }
    response.writeHead(real.statusCode ?? 502, real.headers);
    real.pipe(response);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    handlers,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function firstOutcome(handlers: ScriptedHandler[], asked: ScriptedRequest): Promise<ScriptedOutcome> {
  for (const handler of handlers) {
    const outcome = await handler(asked);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

function reset(incoming: IncomingMessage): void {
  incoming.socket.resetAndDestroy();
}
