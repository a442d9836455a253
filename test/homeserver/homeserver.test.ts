import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { loginPassword, registerUser, TestClient } from './client.ts';
import { describeWithSynapse } from './describe-with-synapse.ts';
import { startProxy } from './proxy.ts';
import { testPassword } from './register-user.ts';
import { startScripted } from './scripted.ts';
import { sweepDataFolders } from './sweep-data-folders.ts';
import { type Synapse, startSynapse } from './synapse.ts';

describeWithSynapse('a Synapse of our own', () => {
  let server: Synapse;
  let admin: TestClient;
  let roomId: string;

  beforeAll(async () => {
    server = await startSynapse({ config: { max_upload_size: '1M' } });
    admin = await registerUser(server, 'admin', { admin: true });
    roomId = await admin.createRoom({ name: 'The room' });
  });
  afterAll(() => server?.stop());

  test('makes the registered user an admin of that server', async () => {
    expect(admin.userId).toBe(`@admin:${server.serverName}`);
    expect(await admin.admin('GET', `/v2/users/${admin.userId}`)).toMatchObject({ admin: true });
    expect(server.queryDatabase('SELECT admin FROM users WHERE name = ?', admin.userId)).toEqual([{ admin: 1 }]);
  });

  test('reads the fragment of configuration that a test gives', async () => {
    expect(await admin.request('GET', '/_matrix/client/v1/media/config')).toEqual({ 'm.upload.size': 1024 * 1024 });
  });

  test('keeps rooms, users and its address over a kill and a restart', async () => {
    const eventId = await admin.send(roomId, 'before the kill');
    await server.kill();
    expect(server.pid).toBeUndefined();
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
    await server.restart();
    expect((await admin.event(roomId, eventId)).content).toMatchObject({ body: 'before the kill' });
  });

  test('can be started again on the data folder that another handle left', async () => {
    const first = await startSynapse({ name: 'moved' });
    const alice = await registerUser(first, 'alice');
    await first.stop({ keepData: true });
    const second = await startSynapse({ dataDir: first.dataDir, config: { max_upload_size: '2M' } });
    expect(second).toMatchObject({ url: first.url, serverName: first.serverName, sharedSecret: first.sharedSecret });
    expect(await alice.request('GET', '/_matrix/client/v3/account/whoami')).toMatchObject({ user_id: alice.userId });
    expect(await alice.request('GET', '/_matrix/client/v1/media/config')).toEqual({ 'm.upload.size': 2 * 1024 * 1024 });
    await second.stop();
    expect(existsSync(first.dataDir)).toBe(true);
    await first.stop();
    expect(existsSync(first.dataDir)).toBe(false);
  });

  test('says why at once when it cannot start', async () => {
    await expect(startSynapse({ config: { listeners: 'nonsense' } })).rejects.toThrow(
      /did not start, it exited[\s\S]*listeners/,
    );
  });

  test('leaves no server behind when the process that started it is killed', async () => {
    const module = JSON.stringify(new URL('./synapse.ts', import.meta.url).href);
    const script = `const { startSynapse } = await import(${module});
      const { pid, dataDir } = await startSynapse(); console.log(JSON.stringify({ pid, dataDir })); setInterval(() => {}, 1e6);`;
    const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(starter.stdout, 'data')) as [Buffer];
    const { pid, dataDir } = JSON.parse(line.toString()) as { pid: number; dataDir: string };
    expect(isAlive(pid)).toBe(true);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 30_000 });
    await sweepDataFolders(dirname(dataDir));
    expect(existsSync(dataDir)).toBe(false);
    expect(existsSync(server.dataDir)).toBe(true);
  });

  test('logs in with the right password only', async () => {
    await registerUser(server, 'bob');
    expect((await loginPassword(server, 'bob', testPassword)).userId).toBe(`@bob:${server.serverName}`);
    await expect(loginPassword(server, 'bob', 'wrong')).rejects.toMatchObject({ status: 403, errcode: 'M_FORBIDDEN' });
  });

  test('tells a reply from other messages, whether it came before or after the question for it', async () => {
    const question = await admin.send(roomId, 'question');
    const relation = { 'm.relates_to': { 'm.in_reply_to': { event_id: question } } };
    const later = admin.waitForReply(roomId, question);
    await admin.send(roomId, 'something else');
    const reply = await admin.send(roomId, { msgtype: 'm.notice', body: 'answer', ...relation });
    expect((await later).event_id).toBe(reply);
    expect((await admin.waitForReply(roomId, question)).event_id).toBe(reply);
    await expect(admin.waitForReply(roomId, reply, { timeoutMs: 1 })).rejects.toThrow(/no such event[\s\S]*answer/);
  });

  test('finds an event that fell into the gap of a sync answer', async () => {
    // Between two syncs more arrives than one answer holds, and what is waited for comes first.
    let sent = false;
    const script = await startScripted([], server.url);
    script.handlers.push(async ({ path }) => {
      if (!path.includes('since=') || sent) return undefined;
      sent = true;
      for (let n = 0; n < 110; n++) await admin.send(roomId, `number ${n} of many`);
      return undefined;
    });
    const slow = new TestClient(script.url, admin);
    const found = await slow.waitForEvent(roomId, ({ content }) => content.body === 'number 0 of many');
    expect(found.content.body).toBe('number 0 of many');
    expect(await admin.messages(roomId)).toHaveLength(countEvents(server, roomId));
    await script.close();
  });

  test('waits on while the server is away', async () => {
    const waiting = admin.waitForEvent(roomId, ({ content }) => content.body === 'after the outage');
    await server.kill();
    await server.restart();
    await admin.send(roomId, 'after the outage');
    expect((await waiting).content.body).toBe('after the outage');
  });

  test('gives back the uploaded bytes, who joined, and what was redacted', async () => {
    const carol = await registerUser(server, 'carol');
    await admin.invite(roomId, carol.userId);
    await carol.join(roomId);
    expect(await admin.joinedMembers(roomId)).toEqual([admin.userId, carol.userId]);
    const eventId = await carol.send(roomId, 'a secret');
    await admin.redact(roomId, eventId, 'not here');
    expect((await admin.event(roomId, eventId)).content).toEqual({});
    const mxc = await carol.upload(new Uint8Array([1, 2, 255]));
    expect(await admin.download(mxc)).toEqual(new Uint8Array([1, 2, 255]));
  });

  test('is unreachable through a proxy that refuses, and is reached again after', async () => {
    const proxy = await startProxy(server.port);
    const whoami = () => fetch(`${proxy.url}/_matrix/client/versions`).then(({ status }) => status);
    expect(await whoami()).toBe(200);
    await proxy.refuse();
    await expect(whoami()).rejects.toThrow();
    await proxy.restore();
    expect(await whoami()).toBe(200);
    await proxy.close();
  });

  test('answers through a script for all that the script leaves alone', async () => {
    const script = await startScripted(
      [
        ({ path }) =>
          path === '/html' ? { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>' } : undefined,
        ({ path }) => (path === '/reset' ? 'reset' : undefined),
        ({ path }) => (path === '/hang' ? 'hang' : undefined),
        ({ method, path }) => (method === 'PUT' && path.includes('/send/') ? 'lose' : undefined),
      ],
      server.url,
    );
    const html = await fetch(`${script.url}/html`);
    expect([html.status, await html.text()]).toEqual([502, '<h1>']);
    await expect(fetch(`${script.url}/reset`)).rejects.toThrow();
    await expect(fetch(`${script.url}/hang`, { signal: AbortSignal.timeout(300) })).rejects.toThrow(/timeout/);
    expect((await fetch(`${script.url}/_matrix/client/versions`)).status).toBe(200);

    const authorization = `Bearer ${admin.accessToken}`;
    const lost = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/lost`;
    const body = JSON.stringify({ msgtype: 'm.text', body: 'done, but nobody heard' });
    await expect(fetch(script.url + lost, { method: 'PUT', headers: { authorization }, body })).rejects.toThrow();
    await admin.waitForEvent(roomId, ({ content }) => content.body === 'done, but nobody heard');
    expect(script.requests.map(({ path }) => path)).toEqual([
      '/html',
      '/reset',
      '/hang',
      '/_matrix/client/versions',
      lost,
    ]);
    await script.close();
  });
});

function countEvents(server: Synapse, roomId: string): number {
  const rows = server.queryDatabase('SELECT count(*) AS n FROM events WHERE room_id = ?', roomId);
  return Number(rows[0]?.n);
}

// A zombie waiting for its parent's wait() has ended too.
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
