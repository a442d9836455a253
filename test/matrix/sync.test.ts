import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { DeadToken } from '../../src/matrix/dead-token.ts';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { startProxy, type TcpProxy } from '../homeserver/proxy.ts';
import { startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { bodies, keptValues, type Running, startSyncing, until } from './harness.ts';

const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `number ${from + at}`);

describeWithSynapse('the sync of the bound room', () => {
  let server: Synapse;
  let proxy: TcpProxy;
  let admin: TestClient;
  let stranger: TestClient;
  let bot: TestClient;
  let roomId: string;
  let running: Running[];
  let names = 0;

  beforeAll(async () => {
    server = await startSynapse();
    proxy = await startProxy(server.port);
    admin = await registerUser(server, 'admin', { admin: true });
    stranger = await registerUser(server, 'stranger');
    await admin.liftLimits(stranger.userId);
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    running = [];
    bot = await registerUser(server, `bot${++names}`, { admin: true, keepLimits: true });
    roomId = await admin.createRoom({ preset: 'private_chat', invite: [bot.userId] });
    await bot.join(roomId);
  });
  afterEach(async () => {
    for (const one of running) one.matrix.stop();
    await proxy.restore();
  });

  async function start(storage = keptValues(), url = proxy.url, onEvent?: () => void): Promise<Running> {
    const one = await startSyncing(url, bot.accessToken, roomId, storage, onEvent);
    running.push(one);
    return one;
  }
  async function send(from: number, to: number): Promise<void> {
    for (const body of numbered(from, to)) await admin.send(roomId, body);
  }

  test('delivers nothing that is older than the first start', async () => {
    await send(1, 3);
    const one = await start();
    await until(() => one.matrix.health().state === 'well');
    await send(4, 5);
    await until(() => one.events.length >= 2);
    expect(bodies(one.events)).toEqual(numbered(4, 5));
    expect(one.events[0]).toMatchObject({ roomId, sender: admin.userId, type: 'm.room.message', redacted: false });
    expect(one.events[0]?.ageMs).toBeLessThan(60_000);
  });

  test('delivers once, after a restart, what was sent while the bot was down', async () => {
    const storage = keptValues();
    const first = await start(storage);
    await until(() => first.matrix.health().state === 'well');
    await send(1, 1);
    await until(() => first.events.length === 1);
    await first.stop();
    await send(2, 4);
    const second = await start(storage);
    await until(() => second.events.length >= 3);
    await send(5, 5);
    await until(() => bodies(second.events).includes('number 5'));
    expect(bodies(second.events)).toEqual(numbered(2, 5));
  });

  test('delivers 70 messages of an outage once each and in order, though a timeline holds 50', async () => {
    await send(1, 3);
    const one = await start();
    await until(() => one.matrix.health().state === 'well');
    await proxy.refuse();
    await send(4, 73);
    await until(() => one.matrix.health().state === 'lost');
    await proxy.restore();
    await until(() => bodies(one.events).includes('number 73'));
    expect(bodies(one.events)).toEqual(numbered(4, 73));
    expect(one.matrix.health()).toEqual({ state: 'well' });
  });

  test('reads again what was being fetched when the server failed in the middle of a gap', async () => {
    const storage = keptValues();
    const first = await start(storage, server.url);
    await until(() => storage.get('sync-position') !== undefined);
    await first.stop();
    await send(1, 60);
    let broken = 0;
    const scripted = await startScripted(
      [
        ({ path }) =>
          path.includes('/messages?') && broken++ < 2 ? { status: 404, body: '<html>not here</html>' } : undefined,
      ],
      server.url,
    );
    try {
      const second = await start(storage, scripted.url);
      await until(() => bodies(second.events).includes('number 60'));
      expect(bodies(second.events)).toEqual(numbered(1, 60));
      expect(broken).toBeGreaterThan(2);
      await second.stop();
    } finally {
      await scripted.close();
    }
  });

  test('does not move on when the events could not be stored, so that the next start gets them again', async () => {
    const storage = keptValues();
    const first = await start(storage, server.url, () => {
      throw new Error('the disk is full');
    });
    await until(() => first.matrix.health().state === 'well');
    await send(1, 2);
    await expect(first.ended).rejects.toThrow('the disk is full');
    const second = await start(storage, server.url);
    await until(() => second.events.length >= 2);
    expect(bodies(second.events)).toEqual(numbered(1, 2));
  });

  test('delivers nothing from before the bot came back into the room', async () => {
    const storage = keptValues();
    const one = await start(storage);
    await until(() => one.matrix.health().state === 'well');
    await admin.request('POST', `/_matrix/client/v3/rooms/${roomId}/kick`, { user_id: bot.userId });
    await until(() => one.events.some(({ type }) => type === 'm.room.member'));
    await send(1, 60);
    await admin.invite(roomId, bot.userId);
    await bot.join(roomId);
    await send(61, 62);
    await until(() => bodies(one.events).includes('number 62'));
    expect(bodies(one.events)).toEqual(numbered(61, 62));
  });

  test('delivers reactions, redactions and its own messages, and says what a redaction removes', async () => {
    const one = await start();
    await until(() => one.matrix.health().state === 'well');
    const own = await one.matrix.send(roomId, 'm.room.message', { msgtype: 'm.notice', body: 'mine' }, 'first');
    const again = await one.matrix.send(roomId, 'm.room.message', { msgtype: 'm.notice', body: 'mine' }, 'first');
    expect(again).toBe(own);
    const relation = { 'm.relates_to': { rel_type: 'm.annotation', event_id: own, key: '✅' } };
    await admin.send(roomId, relation, 'm.reaction');
    await one.matrix.redact(roomId, own, 'done with', 'second');
    await until(() => one.events.length >= 3);
    expect(one.events.map(({ type, sender }) => [type, sender])).toEqual([
      ['m.room.message', bot.userId],
      ['m.reaction', admin.userId],
      ['m.room.redaction', bot.userId],
    ]);
    expect(one.events[2]?.content).toEqual({ redacts: own, reason: 'done with' });
    expect(await one.matrix.event(roomId, own)).toMatchObject({ redacted: true, content: {} });
    expect(await one.matrix.event(roomId, '$nothing-there')).toBeUndefined();
  });

  test('is untouched by a stranger’s invites, also where the server fails to take account data', async () => {
    const scripted = await startScripted(
      [
        ({ method, path }) =>
          method === 'PUT' && path.includes('/account_data/')
            ? { status: 500, body: { errcode: 'M_UNKNOWN', error: 'no' } }
            : undefined,
      ],
      server.url,
    );
    try {
      const one = await start(keptValues(), scripted.url);
      await until(() => one.matrix.health().state === 'well');
      const room = await stranger.createRoom({ preset: 'private_chat', invite: [bot.userId] });
      const direct = await stranger.createRoom({
        preset: 'trusted_private_chat',
        is_direct: true,
        invite: [bot.userId],
      });
      await stranger.send(room, '!admin help');
      await send(1, 1);
      await until(() => one.events.length > 0);
      expect(bodies(one.events)).toEqual(numbered(1, 1));
      for (const strange of [room, direct]) expect(await stranger.joinedMembers(strange)).toEqual([stranger.userId]);
      expect(scripted.requests.map(({ method }) => method)).not.toContain('PUT');
      expect(scripted.requests.map(({ method }) => method)).not.toContain('POST');
      await one.stop();
    } finally {
      await scripted.close();
    }
  });

  test('stops while the server holds its long poll', async () => {
    const scripted = await startScripted([], server.url);
    try {
      const one = await start(keptValues(), scripted.url);
      await until(() => scripted.requests.some(({ path }) => path.includes('timeout=20000')));
      const begun = performance.now();
      await one.stop();
      // The poll would have ended after 20 s by itself.
      expect(performance.now() - begun).toBeLessThan(10_000);
    } finally {
      await scripted.close();
    }
  });

  test('ends with DeadToken when the token is taken away, and writes the token nowhere', async () => {
    const one = await start();
    await until(() => one.matrix.health().state === 'well');
    await bot.request('POST', '/_matrix/client/v3/logout', {});
    // Breaks the poll that was let in with the token.
    await proxy.refuse();
    await proxy.restore();
    await expect(one.ended).rejects.toBeInstanceOf(DeadToken);
    expect(one.log.lines.length).toBeGreaterThan(0);
    expect(one.log.lines.join('\n')).not.toContain(bot.accessToken);
  });
});
