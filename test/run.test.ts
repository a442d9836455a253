import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { registerUser, type TestClient } from './homeserver/client.ts';
import { describeWithSynapse } from './homeserver/describe-with-synapse.ts';
import { freePort } from './homeserver/free-port.ts';
import { testPassword } from './homeserver/register-user.ts';
import { type Synapse, startSynapse } from './homeserver/synapse.ts';
import { type Castellan, spawnCastellan } from './spawn-castellan.ts';

describeWithSynapse('castellan run', () => {
  let server: Synapse;
  let root: TestClient;
  let folder: string;
  let port: number;
  const file = (name: string) => join(folder, name);
  const token = () => readFileSync(file('castellan.token'), 'utf8').trim();

  beforeAll(async () => {
    server = await startSynapse({ name: 'run' });
    root = await registerUser(server, 'root', { admin: true });
    folder = mkdtempSync(join(tmpdir(), 'castellan-run-'));
    const argv = ['init', '--homeserver', server.url, '--admin-user', 'root', '--admin-password-file', '-'];
    const done = await spawnCastellan(argv, { cwd: folder, stdin: testPassword }).ended;
    expect(done).toMatchObject({ code: 0, stderr: '' });
    port = await freePort();
    configure({ health: { port } });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function configure(more: Record<string, unknown>): void {
    const config = JSON.parse(readFileSync(file('bot.config.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(file('bot.config.json'), JSON.stringify({ ...config, ...more }));
  }

  const started: Castellan[] = [];
  // A test that failed half-way leaves a bot that would be in the next one's way.
  afterEach(async () => {
    for (const bot of started) bot.kill('SIGKILL');
    await Promise.all(started.splice(0).map((bot) => bot.ended));
  });
  function run(env: NodeJS.ProcessEnv = {}): Castellan {
    const bot = spawnCastellan(['run'], { cwd: folder, env });
    started.push(bot);
    return bot;
  }
  const healthz = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    await response?.body?.cancel();
    return response?.status;
  };

  /** Fails early when the process ends instead. */
  async function until(bot: Castellan, holds: () => boolean | Promise<boolean>): Promise<void> {
    let end: unknown;
    void bot.ended.then((how) => {
      end = how;
    });
    while (!(await holds())) {
      if (end !== undefined) throw new Error(`it ended: ${JSON.stringify(end)}`);
      await sleep(20);
    }
  }

  test('is healthy once the first sync is through, allows no second one, and ends with 0 on SIGTERM', async () => {
    const bot = run();
    await until(bot, async () => (await healthz()) === 200);
    configure({ health: {} });
    const second = await run().ended;
    expect(second).toMatchObject({ code: 6, stderr: expect.stringContaining('Another Castellan runs on') });
    configure({ health: { port } });

    bot.kill('SIGTERM');
    const ended = await bot.ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const lines = ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ msg }) => msg)).toContain('ready');
    expect(lines.at(-1)).toMatchObject({ level: 'info', signal: 'SIGTERM', msg: 'told to stop' });
    expect(ended.stdout).not.toContain(token());
    expect(await healthz()).toBeUndefined();
  });

  test('waits while the homeserver is away, unhealthy, and can be stopped all the same', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    configure({ homeserverUrl: url });
    const bot = run();
    await until(bot, async () => (await healthz()) === 503);
    bot.kill('SIGINT');
    expect(await bot.ended).toMatchObject({ code: 0, stderr: '' });
    configure({ homeserverUrl: server.url });
  });

  test('ends with 1 where its health page cannot be had', async () => {
    const bot = run();
    await until(bot, async () => (await healthz()) === 200);
    expect(await run().ended).toMatchObject({ code: 1, stderr: expect.stringContaining('EADDRINUSE') });
    bot.kill('SIGTERM');
    expect((await bot.ended).code).toBe(0);
  });

  test('ends with 7 for a room that became public', async () => {
    const alias = encodeURIComponent('#open:castellan.test');
    const room = await root.createRoom({ preset: 'public_chat', room_alias_name: 'open' });
    expect(await root.request('GET', `/_matrix/client/v3/directory/room/${alias}`)).toMatchObject({ room_id: room });
    await root.invite(room, '@castellan:castellan.test');
    configure({ adminRoom: '#open:castellan.test', dataDir: 'other' });
    expect(await run().ended).toMatchObject({ code: 7, stderr: expect.stringContaining('anyone may join it') });
    configure({ adminRoom: '#admins:castellan.test', dataDir: 'data' });
  });

  test('ends with 5 when the token is refused, at the start and while it runs, and does not show it', async () => {
    const refused = await run({ CASTELLAN_ACCESS_TOKEN: 'syt_never_given_out' }).ended;
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('castellan init') });
    expect(refused.stdout + refused.stderr).not.toContain('syt_never_given_out');

    const bot = run();
    await until(bot, async () => (await healthz()) === 200);
    await root.admin('DELETE', '/v2/users/@castellan:castellan.test/devices/CASTELLAN');
    expect(await bot.ended).toMatchObject({ code: 5, stderr: expect.stringContaining('refuses the access token') });
  });
});
