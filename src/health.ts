import { Problem } from './core/problem.ts';
import { code, say } from './core/text.ts';
import { lateNode } from './late-node.ts';
import type { Health } from './matrix/matrix.ts';

/** How long no sync may have come through before the bot counts as unwell; a long poll lasts half of it. */
const lostLimitMs = 60_000;

export interface HealthOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
  readonly health: () => Health;
  /** Epoch ms; the system's clock unless told. */
  readonly now?: () => number;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `GET /healthz`: 200 while the sync is well, 503 with a reason else. Throws a Problem when it cannot listen. */
export async function startHealth({ port, host, health, now = Date.now }: HealthOptions): Promise<HealthServer> {
  const server = lateNode.http().createServer((request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : `${JSON.stringify(body)}\n`);
    };
    if (request.url?.split('?', 1)[0] !== '/healthz') return answer(404, { error: 'not found' });
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { error: 'method not allowed' });
    const reason = unwell(health(), now());
    return reason === undefined ? answer(200, { status: 'ok' }) : answer(503, { status: 'unwell', reason });
  });
  const address = await new Promise<ReturnType<typeof server.address>>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(port, host, error)));
    server.listen(port, host, () => resolve(server.address()));
  });
  // A probe must not keep the process from ending.
  server.unref();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function unwell(health: Health, now: number): string | undefined {
  if (health.state === 'starting') return 'the first sync is not through yet';
  if (health.state !== 'lost' || now - health.since < lostLimitMs) return undefined;
  return `no sync has come through for ${Math.round((now - health.since) / 1000)} s`;
}

function cannotListen(port: number, host: string, error: NodeJS.ErrnoException): Problem {
  return new Problem(
    'unavailable',
    say`The health page cannot listen on ${code(`${host}:${port}`)} (${error.code ?? error.name}).`,
    say`Set another ${code('health.port')} or ${code('health.host')}, or take ${code('health.port')} out.`,
  );
}
