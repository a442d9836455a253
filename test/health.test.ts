import { afterEach, expect, test } from 'vitest';
import { type HealthServer, startHealth } from '../src/health.ts';
import type { Health } from '../src/matrix/matrix.ts';

let server: HealthServer | undefined;
let health: Health = { state: 'starting' };
let now = 0;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function ask(path = '/healthz', init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  server ??= await startHealth({ port: 0, host: '127.0.0.1', health: () => health, now: () => now });
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
  return { status: response.status, body: await response.json() };
}

test('it is unwell until the first sync is through, then well', async () => {
  health = { state: 'starting' };
  expect(await ask()).toEqual({ status: 503, body: { status: 'unwell', reason: 'the first sync is not through yet' } });
  health = { state: 'well' };
  expect(await ask()).toEqual({ status: 200, body: { status: 'ok' } });
});

test('it stays well for a minute without a sync, and is unwell after', async () => {
  health = { state: 'lost', since: 1_000_000 };
  now = 1_059_999;
  expect((await ask()).status).toBe(200);
  now = 1_060_000;
  expect(await ask()).toEqual({
    status: 503,
    body: { status: 'unwell', reason: 'no sync has come through for 60 s' },
  });
});

test('there is nothing else to be had', async () => {
  health = { state: 'well' };
  expect((await ask('/')).status).toBe(404);
  expect((await ask('/metrics')).status).toBe(404);
  expect((await ask('/healthz?verbose')).status).toBe(200);
  expect((await ask('/healthz', { method: 'POST' })).status).toBe(405);
});

test('a port that is taken is said plainly', async () => {
  await ask();
  const taken = startHealth({ port: server?.port ?? 0, host: '127.0.0.1', health: () => health });
  await expect(taken).rejects.toThrow(/cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\)/);
});
