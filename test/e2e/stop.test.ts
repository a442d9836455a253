import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loginPassword, registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { answered } from './answered.ts';
import { startBotProcess } from './bot-process.ts';
import { seenByBot } from './seen-by-bot.ts';
import { fromStore } from './store-file.ts';

describeWithSynapse('how the bot ends', () => {
  let server: Synapse;

  beforeAll(async () => {
    server = await startSynapse({ name: 'stop' });
  });
  afterAll(() => server?.stop());

  async function withRoom(
    options: Parameters<typeof openAdminRoom>[1],
    use: (room: AdminRoom) => Promise<void>,
  ): Promise<void> {
    const room = await openAdminRoom(server, options);
    try {
      await use(room);
    } finally {
      await room.close();
    }
  }

  /** What it wrote beside its log. */
  const plainLines = (output: string) =>
    output
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{'))
      .join('\n');

  /** The exit code of a bot that is told to end, which takes it less than ten seconds. */
  async function inTime(ended: Promise<number | null>): Promise<number | null> {
    const from = performance.now();
    const status = await ended;
    expect(performance.now() - from).toBeLessThan(10_000);
    return status;
  }

  const exists = (localpart: string) =>
    server.queryDatabase('SELECT name FROM users WHERE name = ?', `@${localpart}:${server.serverName}`).length === 1;

  test('with 5 when its token is refused, while it runs and at its start, saying what to do', async () => {
    await withRoom({}, async (room) => {
      const bot = room.bot();
      await room.botAccount.request('POST', '/_matrix/client/v3/logout', {});
      // So that the server answers the sync that waits.
      await room.admin.send(room.roomId, '!admin help');
      expect(await bot.exited).toBe(5);
      const again = await room.start({ unready: true });
      expect(await again.exited).toBe(5);
      for (const { output } of [bot, again]) {
        expect(plainLines(output())).toMatch(/refuses the access token/);
        expect(plainLines(output())).toContain('castellan init');
        expect(output()).not.toContain(room.botAccount.accessToken);
      }
    });
  });

  test('with 6 when another one runs on the same data, which goes on', async () => {
    await withRoom({}, async (room) => {
      const second = await startBotProcess(room.configFile, { unready: true });
      expect(await second.exited).toBe(6);
      expect(plainLines(second.output())).toContain('Another Castellan runs on');
      expect(await room.ask('server version')).toContain('Synapse');
    });
  });

  test('with 6 when another one has started for its account on a copy of its data', async () => {
    await withRoom({}, async (room) => {
      const first = room.bot();
      await first.stop();
      const copy = join(dirname(room.dataDir), 'copy');
      cpSync(room.dataDir, copy, { recursive: true });
      const one = await room.start();
      room.configure({ dataDir: copy });
      const other = await room.start();
      expect(await one.exited).toBe(6);
      expect(plainLines(one.output())).toContain('Another Castellan has started');
      const command = await room.admin.send(room.roomId, '!admin server admin-notice said by one');
      await room.answerTo(command);
      expect(await answered(room, [command])).toEqual([command]);
      await other.kill();
    });
  });

  test.each<[string, RegExp, (room: AdminRoom) => Promise<unknown>]>([
    [
      'that anyone may join',
      /anyone may join it/,
      (room) => room.botAccount.sendState(room.roomId, 'm.room.join_rules', { join_rule: 'public' }),
    ],
    [
      'that anyone may read',
      /anyone may read it/,
      (room) =>
        room.botAccount.sendState(room.roomId, 'm.room.history_visibility', { history_visibility: 'world_readable' }),
    ],
    [
      'that is encrypted',
      /it is encrypted/,
      (room) => room.botAccount.sendState(room.roomId, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }),
    ],
    [
      'whose creator is no server admin',
      /is no server admin/,
      async (room) => {
        const stranger = await registerUser(server, 'stranger');
        const trap = await stranger.createRoom({ preset: 'private_chat' });
        await stranger.invite(trap, room.botAccount.userId);
        await room.botAccount.join(trap);
        room.configure({ adminRoom: trap });
      },
    ],
  ])('with 7 for a room %s', async (_, why, spoil) => {
    await withRoom({ start: false }, async (room) => {
      await spoil(room);
      const bot = await room.start({ unready: true });
      expect(await bot.exited).toBe(7);
      expect(plainLines(bot.output())).toMatch(why);
    });
  });

  test('with 0 when it is told to, after the command under way has been done and answered', async () => {
    const release = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const between = await startScripted(
      [
        async ({ method, path }) => {
          if (method !== 'PUT' || !path.includes('slow-one')) return undefined;
          reached.resolve();
          await release.promise;
          return undefined;
        },
      ],
      server.url,
    );
    await withRoom({ config: { backend: { type: 'synapse', url: between.url } } }, async (room) => {
      const slow = await room.admin.send(room.roomId, '!admin create-user slow-one');
      const next = await room.admin.send(room.roomId, '!admin create-user next-one');
      await reached.promise;
      const ended = inTime(room.bot().stop());
      await room.bot().said(/told to stop/);
      release.resolve();
      expect(await ended).toBe(0);
      expect(bodyOf(await room.answerTo(slow))).toContain('Created');
      expect(exists('slow-one')).toBe(true);
      // What had not begun waits for the next start.
      expect(await answered(room, [next])).toEqual([]);
      expect(exists('next-one')).toBe(false);
      await room.start();
      expect(bodyOf(await room.answerTo(next))).toContain('Created');
      expect(await answered(room, [slow, next])).toEqual([slow, next]);
    });
    await between.close();
  });

  test('with 0 also when the homeserver hangs; what was under way is settled at the next start', async () => {
    const reached = Promise.withResolvers<void>();
    const between = await startScripted(
      [
        ({ method, path }) => {
          if (method !== 'PUT' || !path.includes('hung-one')) return undefined;
          reached.resolve();
          return 'hang';
        },
      ],
      server.url,
    );
    await withRoom({ config: { backend: { type: 'synapse', url: between.url } } }, async (room) => {
      const command = await room.admin.send(room.roomId, '!admin create-user hung-one typed-for-hung-one');
      await reached.promise;
      expect(await inTime(room.bot().stop())).toBe(0);
      expect(await answered(room, [command])).toEqual([]);
      between.handlers.length = 0;
      await room.start();
      expect(bodyOf(await room.answerTo(command))).toContain('Created');
      await loginPassword(server, 'hung-one', 'typed-for-hung-one');
      expect(await answered(room, [command])).toEqual([command]);
    });
    await between.close();
  });

  test('with 0 in the middle of a job whose item hangs; the job goes on at the next start, each item once', async () => {
    const reached = Promise.withResolvers<void>();
    const deactivations: string[] = [];
    const between = await startScripted([], server.url);
    await withRoom({ config: { backend: { type: 'synapse', url: between.url } } }, async (room) => {
      const names = ['parked-1', 'parked-2', 'parked-3'];
      for (const name of names) await registerUser(server, name);
      between.handlers.push(({ method, path }) => {
        if (method !== 'POST' || !path.includes('/deactivate/')) return undefined;
        deactivations.push(path);
        if (deactivations.length !== 2) return undefined;
        reached.resolve();
        return 'hang';
      });
      await room.askAndConfirm('user deactivate-all', '3', names.join('\n'));
      await reached.promise;
      expect(await inTime(room.bot().stop())).toBe(0);
      const done = () =>
        server.queryDatabase("SELECT name FROM users WHERE name LIKE '@parked-%' AND deactivated = 1").length;
      expect(done()).toBe(1);
      expect(fromStore(room.dataDir, 'SELECT state FROM job')).toEqual([{ state: 'running' }]);
      await room.start();
      await room.admin.waitForEvent(room.roomId, (event) => /3 of 3 done/.test(bodyOf(event)));
      expect(done()).toBe(3);
      // The one that hung was asked for again, and no other.
      expect(deactivations).toHaveLength(4);
    });
    await between.close();
  });

  test('with 0 though the homeserver says nothing any more at all, and with 1 at once when told twice', async () => {
    const between = await startScripted([], server.url);
    await withRoom({ url: between.url }, async (room) => {
      for (const twice of [false, true]) {
        const reached = Promise.withResolvers<void>();
        let silent = false;
        between.handlers.push(({ path }) => {
          silent ||= path.includes('server_version');
          if (!silent) return undefined;
          reached.resolve();
          return 'hang';
        });
        const bot = room.bot();
        await room.admin.send(room.roomId, '!admin server version');
        await reached.promise;
        const ended = inTime(bot.stop());
        if (twice) {
          await bot.said(/told to stop/);
          process.kill(bot.pid, 'SIGTERM');
        }
        expect(await ended).toBe(twice ? 1 : 0);
        between.handlers.length = 0;
        if (!twice) await room.start();
      }
    });
    await between.close();
  });

  test('encrypted while it runs: it says so, acts on nothing any more, and refuses the room at its next start', async () => {
    await withRoom({}, async (room) => {
      await room.botAccount.sendState(room.roomId, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' });
      const warning = await room.admin.waitForEvent(
        room.roomId,
        (event) => event.sender === room.botAccount.userId && bodyOf(event).includes('encrypted'),
      );
      expect(bodyOf(warning)).toContain('castellan init --rebind');
      expect(warning.content).toMatchObject({ msgtype: 'm.text', 'm.mentions': { room: true } });
      const ignored = await room.admin.send(room.roomId, '!admin create-user after-encryption typed-after-encryption');
      await seenByBot(room);
      expect(fromStore(room.dataDir, 'SELECT state FROM inbox WHERE event_id = ?', ignored)).toEqual([]);
      expect(exists('after-encryption')).toBe(false);
      await room.bot().stop();
      expect(await (await room.start({ unready: true })).exited).toBe(7);
      expect(await answered(room, [ignored])).toEqual([]);
    });
  });

  test('opened to the public while it runs: it warns, and goes on until its next start', async () => {
    await withRoom({}, async (room) => {
      await room.botAccount.sendState(room.roomId, 'm.room.join_rules', { join_rule: 'public' });
      const warning = await room.admin.waitForEvent(
        room.roomId,
        (event) => event.sender === room.botAccount.userId && bodyOf(event).includes('anyone may join it'),
      );
      expect(bodyOf(warning)).toContain('not safe for commands any more');
      expect(await room.ask('server version')).toContain('Synapse');
    });
  });
});
