import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HttpError, loginPassword, registerUser, TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { testPassword } from '../homeserver/register-user.ts';
import { type Scripted, type ScriptedHandler, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { deviceWasSeen, writeDatabase } from '../homeserver/write-database.ts';
import { type AdminRoom, bodyOf, openAdminRoom, type RoomEvent } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { filesWith, fromStore } from './store-file.ts';
import { column } from './tables.ts';

const day = 86_400_000;
const tokenForm = /syt_[\w+/=]+/;
const sure = '--yes-i-want-to-do-this';

describeWithSynapse('sessions of an account', () => {
  let server: Synapse;
  let proxy: Scripted;
  let room: AdminRoom;
  let bot: string;
  let made = 0;
  /** A fresh account, logged in once, for every test. */
  let name: string;
  let session: TestClient;
  let user: string;

  beforeAll(async () => {
    server = await startSynapse({
      name: 'user-sessions',
      config: { experimental_features: { msc3814_enabled: true }, allow_guest_access: true },
    });
    proxy = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: proxy.url });
    bot = room.botAccount.userId;
  });
  afterAll(async () => {
    await room?.close();
    await proxy?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    made += 1;
    name = `someone-${made}`;
    session = await registerUser(server, name);
    user = session.userId;
    proxy.handlers.length = 0;
  });

  const planCode = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1] ?? '';
  const another = () => loginPassword(server, name, testPassword);
  const holding = (accessToken: string) => new TestClient(server.url, { userId: user, accessToken, deviceId: '' });
  const deviceIds = (of = user): string[] =>
    server
      .queryDatabase('SELECT device_id FROM devices WHERE user_id = ? AND NOT hidden ORDER BY device_id', of)
      .map((row) => String(row.device_id));
  /** Tokens that the bot has made for somebody. */
  const puppetTokens = (of = user) =>
    server.queryDatabase(
      'SELECT token, user_id, device_id, valid_until_ms FROM access_tokens WHERE puppets_user_id = ? ORDER BY id',
      of,
    );

  /** Whom a token speaks for; undefined where it is dead. */
  async function whoHas(accessToken: string): Promise<unknown> {
    try {
      return (await holding(accessToken).request('GET', '/_matrix/client/v3/account/whoami')).user_id;
    } catch (error) {
      if (error instanceof HttpError && error.status === 401) return undefined;
      throw error;
    }
  }

  const directRoom = () =>
    String(
      fromStore(room.dataDir, 'SELECT value FROM value WHERE name = ?', `direct-room:${room.admin.userId}`)[0]?.value,
    );

  /** The messages with tokens that the admin finds in her room with the bot. */
  async function delivered(): Promise<readonly RoomEvent[]> {
    await room.admin.join(directRoom());
    return (await room.admin.messages(directRoom())).filter((event) => tokenForm.test(bodyOf(event)));
  }
  const tokenIn = (event: RoomEvent | undefined) => (event && tokenForm.exec(bodyOf(event))?.[0]) ?? '';
  const lastToken = async () => tokenIn((await delivered()).at(-1));

  const wasSeen = (deviceId: string, at: number) => deviceWasSeen(server, user, deviceId, at);

  async function dehydrate(): Promise<string> {
    const device_id = `DEHYDRATED${made}`;
    await session.request('PUT', '/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device', {
      device_id,
      initial_device_display_name: 'Dehydrated',
      device_data: { algorithm: 'm.dehydration.v1.olm' },
      device_keys: {
        user_id: user,
        device_id,
        algorithms: ['m.olm.v1.curve25519-aes-sha2'],
        valid_until_ts: 4_102_444_800_000,
        keys: { [`ed25519:${device_id}`]: 'a key' },
        signatures: { [user]: { [`ed25519:${device_id}`]: 'a signature' } },
      },
    });
    return device_id;
  }

  describe('user login', () => {
    test('makes a token that acts as the user for a day, and that only a direct message holds', async () => {
      const before = deviceIds();
      const plan = await room.ask(`user login ${name}`);
      expect(plan).toContain(`acts as \`${user}\``);
      expect(plan).toMatch(/It ends on \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
      expect(plan).toContain('makes no device; the user should not notice');
      expect(plan).toContain('ends early by `/logout` with that token');
      expect(plan).toContain('if I call `/logout/all`, not if the user does');
      expect(puppetTokens()).toEqual([]);
      const asked = Date.now();
      const answer = await room.ask(`confirm ${planCode(plan)}`);
      expect(answer).toContain(`Made an access token for \`${user}\``);
      expect(answer).toContain('direct message');

      const token = await lastToken();
      expect(await whoHas(token)).toBe(user);
      expect(deviceIds()).toEqual(before);
      const [row] = puppetTokens();
      expect(row).toMatchObject({ token, user_id: bot, device_id: null });
      expect(Math.abs(Number(row?.valid_until_ms) - asked - day)).toBeLessThan(60_000);

      const rooms = server.queryDatabase('SELECT DISTINCT room_id FROM event_json WHERE json LIKE ?', `%${token}%`);
      expect(rooms).toEqual([{ room_id: directRoom() }]);
      expect(filesWith(dirname(room.configFile), [token])).toEqual([]);
      expect(room.bot().output()).not.toContain(token);
      expect(server.readLog()).not.toContain(token);
      const audit = JSON.stringify(fromStore(room.dataDir, "SELECT * FROM audit WHERE command = 'user login'"));
      expect(audit).toContain(user);
      expect(audit).not.toContain('syt_');
    });

    test.each<[string, (now: number) => number | null]>([
      ['-d 7', (now) => now + 7 * day],
      ['--expire-days=30', (now) => now + 30 * day],
      ['--expire 2040-01-31T12:00', () => Date.UTC(2040, 0, 31, 12)],
      ['--expire 2040-01-31T12:00+02:00', () => Date.UTC(2040, 0, 31, 10)],
      ['--expire-ts 2208988800000', () => 2_208_988_800_000],
      ['--expire-ts 8640000000000000', () => 8_640_000_000_000_000],
      ['--expire-never', () => null],
    ])('%s says when it ends', async (flags, until) => {
      const now = Date.now();
      expect(await room.ask(`user login ${name} ${flags} ${sure}`)).toContain('Made an access token');
      const [row] = puppetTokens();
      const expected = until(now);
      if (expected === null) expect(row).toMatchObject({ valid_until_ms: null });
      else expect(Math.abs(Number(row?.valid_until_ms) - expected)).toBeLessThan(60_000);
      expect(await whoHas(await lastToken())).toBe(user);
    });

    test('without an end, the plan says so', async () => {
      const plan = await room.ask(`user login ${name} --expire-never --dry-run`);
      expect(plan).toContain('never ends');
      expect(plan).toContain('It has no end');
      expect(puppetTokens()).toEqual([]);
    });

    test('ends by its own /logout, and not when the user logs out everywhere', async () => {
      await room.ask(`user login ${name} ${sure}`);
      const token = await lastToken();
      await session.request('POST', '/_matrix/client/v3/logout/all', {});
      expect(await whoHas(session.accessToken)).toBeUndefined();
      expect(await whoHas(token)).toBe(user);
      await holding(token).request('POST', '/_matrix/client/v3/logout', {});
      expect(await whoHas(token)).toBeUndefined();
    });

    test.each([
      ['-d 2 --expire-never', 'exclude each other'],
      ['--expire 2040-01-01 --expire-ts 2208988800000', 'exclude each other'],
      ['--expire 2020-01-01', 'would be of no use'],
      ['--expire-ts 1600000000000', 'would be of no use'],
      ['--expire-ts 1600000000', 'would be seconds since 1970'],
      ['-d 0', 'must be at least 1'],
      ['-d -1', 'must be at least 1'],
      ['-d soon', 'is no whole number'],
      ['--expire tomorrow', 'is no time'],
    ])('%s is refused, and no token is made', async (flags, words) => {
      expect(await room.ask(`user login ${name} ${flags} ${sure}`)).toContain(words);
      expect(puppetTokens()).toEqual([]);
    });

    test.each([
      ['an unknown account', 'nobody-here', 'There is no account `@nobody-here:castellan.test`'],
      ['a user of another server', '@alice:elsewhere.test', 'lives on another server'],
    ])('%s is refused', async (_, who, words) => {
      const count = () => server.queryDatabase('SELECT count(*) AS n FROM access_tokens')[0]?.n;
      const before = count();
      expect(await room.ask(`user login ${who} ${sure}`)).toContain(words);
      expect(count()).toBe(before);
    });

    test('the bot makes no token for itself', async () => {
      expect(await room.ask(`user login ${bot} ${sure}`)).toContain('is me. I never make a token for my own account');
      expect(puppetTokens(bot)).toEqual([]);
    });

    test('for a locked account it is refused until that is unlocked, since its token would be of no use', async () => {
      await room.admin.admin('PUT', `/v2/users/${user}`, { locked: true });
      const answer = await room.ask(`user login ${name} ${sure}`);
      expect(answer).toContain('is locked');
      expect(answer).toContain(`!admin user unlock ${user}`);
      expect(puppetTokens()).toEqual([]);
      await room.admin.admin('PUT', `/v2/users/${user}`, { locked: false });
      expect(await room.ask(`user login ${name} ${sure}`)).toContain('Made an access token');
    });

    test('for a deactivated account it is refused', async () => {
      await room.admin.admin('POST', `/v1/deactivate/${user}`, {});
      expect(await room.ask(`user login ${name} ${sure}`)).toContain('is deactivated');
      expect(puppetTokens()).toEqual([]);
    });

    test('what stands out of an account is in the plan', async () => {
      await room.admin.admin('PUT', `/v1/suspend/${user}`, { suspend: true });
      await room.admin.admin('POST', `/v1/users/${user}/shadow_ban`, {});
      expect(await room.ask(`user login ${name} --dry-run`)).toContain('suspended, shadow-banned');
      const mine = await room.ask(`user login ${room.admin.userId} --dry-run`);
      expect(mine).toContain('**yourself**, **server admin**');
      expect(mine).toContain('acts as a **server admin** too');
    });

    test('nothing is made for someone who has become an admin since the plan was shown', async () => {
      const plan = await room.ask(`user login ${name}`);
      await room.admin.admin('PUT', `/v1/users/${user}/admin`, { admin: true });
      expect(await room.ask(`confirm ${planCode(plan)}`)).toContain('has become a server admin');
      expect(puppetTokens()).toEqual([]);
    });

    const makesToken: (path: string) => boolean = (path) => path.endsWith('/login') && path.includes('/users/');
    /** The first request for which `it` holds comes to this end, and the others go through. */
    const once = (
      it: (request: { method: string; path: string }) => boolean,
      outcome: Exclude<ReturnType<ScriptedHandler>, Promise<unknown>>,
      then: () => void = () => undefined,
    ): ScriptedHandler => {
      let left = 1;
      return (request) => {
        if (left === 0 || !it(request)) return undefined;
        left = 0;
        then();
        return outcome;
      };
    };

    test('when the answer is lost another one is made, and the answer says that one may exist', async () => {
      proxy.handlers.push(once(({ path }) => makesToken(path), 'lose'));
      const answer = await room.ask(`user login ${name} ${sure}`);
      expect(answer).toContain('Made an access token');
      expect(answer).toContain('Another token may exist');
      expect(answer).toMatch(/ends by itself, on \d{4}-/);
      expect(puppetTokens().map(({ token }) => token)).toEqual([expect.anything(), await lastToken()]);
    });

    test('after a crash another one is made and sent, and the answer says that one may exist', async () => {
      const hung = new Promise<void>((resolve) => {
        proxy.handlers.push(once(({ path }) => makesToken(path), 'hang', resolve));
      });
      const command = await room.admin.send(room.roomId, `!admin user login ${name} --expire-never ${sure}`);
      await hung;
      await room.bot().kill();
      await room.start();
      const answer = bodyOf(await room.answerTo(command));
      expect(answer).toContain('Made an access token');
      expect(answer).toContain('Another token may exist');
      expect(answer).toContain('no end but a `/logout/all`');
      expect(await whoHas(await lastToken())).toBe(user);
    });

    test('a token that has arrived is not made again after a crash', async () => {
      const inDirectRoom = encodeURIComponent(directRoom());
      const arrived = new Promise<void>((resolve) => {
        const isDelivery = ({ method, path }: { method: string; path: string }) =>
          method === 'PUT' && path.includes(inDirectRoom) && path.includes('/send/');
        proxy.handlers.push(once(isDelivery, 'lose', resolve), (request) => (isDelivery(request) ? 'hang' : undefined));
      });
      const command = await room.admin.send(room.roomId, `!admin user login ${name} ${sure}`);
      await arrived;
      const sent = await room.admin.waitForEvent(directRoom(), ({ content }) =>
        String(content['dev.castellan.for']).startsWith(`${command}#`),
      );
      await room.bot().kill();
      proxy.handlers.length = 0;
      await room.start();
      const answer = bodyOf(await room.answerTo(command));
      expect(answer).toContain('sent it to you');
      expect(answer).not.toContain('Another token');
      expect(puppetTokens().map(({ token }) => token)).toEqual([tokenIn(sent)]);
      expect(await whoHas(tokenIn(sent))).toBe(user);
    });

    test('a token that could not be sent is made useless again', async () => {
      const inDirectRoom = encodeURIComponent(directRoom());
      proxy.handlers.push(({ method, path }) =>
        method === 'PUT' && path.includes(inDirectRoom) && path.includes('/send/')
          ? { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'not now' } }
          : undefined,
      );
      const answer = await room.ask(`user login ${name} ${sure}`);
      expect(answer).toContain('❌');
      expect(answer).toContain('made it useless again');
      expect(puppetTokens()).toEqual([]);
    });
  });

  describe('user logout', () => {
    test('deletes every device, and says that tokens without one go on', async () => {
      const phone = await another();
      const deaf = await dehydrate();
      await room.ask(`user login ${name} ${sure}`);
      const token = await lastToken();
      const plan = await room.ask(`user logout ${name}`);
      expect(plan).toContain('3 devices, one of them dehydrated');
      expect(plan).toContain('go on until they expire');
      expect(deviceIds()).toEqual([session.deviceId, phone.deviceId, deaf].sort());
      const answer = await room.ask(`confirm ${planCode(plan)}`);
      expect(answer).toContain('3 devices deleted, none is left');
      expect(answer).toContain('go on until they expire');
      expect(deviceIds()).toEqual([]);
      expect(await whoHas(session.accessToken)).toBeUndefined();
      expect(await whoHas(phone.accessToken)).toBeUndefined();
      expect(await whoHas(token)).toBe(user);

      expect(await room.ask(`user logout ${name}`)).toContain('has no device: it is logged in nowhere');
      expect((await another()).userId).toBe(user);
    });

    test('works for a locked, a suspended and a shadow-banned account', async () => {
      await room.admin.admin('PUT', `/v1/suspend/${user}`, { suspend: true });
      await room.admin.admin('POST', `/v1/users/${user}/shadow_ban`, {});
      await room.admin.admin('PUT', `/v2/users/${user}`, { locked: true });
      const plan = await room.ask(`user logout ${name}`);
      expect(plan).toContain('locked, suspended, shadow-banned');
      await room.ask(`confirm ${planCode(plan)}`);
      expect(deviceIds()).toEqual([]);
    });

    test("a guest's session cannot be ended, so it is refused, and what shuts a guest out is named", async () => {
      const anyone = new TestClient(server.url, { userId: '', accessToken: '', deviceId: '' });
      const guest = await anyone.request<{ user_id: string; access_token: string; device_id: string }>(
        'POST',
        '/_matrix/client/v3/register?kind=guest',
        {},
      );
      for (const line of ['logout GUEST', `delete-device GUEST ${guest.device_id}`, 'prune-devices GUEST -d 0 -s 0']) {
        const answer = await room.ask(`user ${line.replace('GUEST', guest.user_id)} ${sure}`);
        expect(answer).toContain('is a guest');
        expect(answer).toContain(`!admin user lock ${guest.user_id}`);
      }
      await room.admin.admin('DELETE', `/v2/users/${guest.user_id}/devices/${guest.device_id}`);
      expect(await whoHas(guest.access_token)).toBe(guest.user_id);
      await room.ask(`user lock ${guest.user_id}`);
      expect(await whoHas(guest.access_token)).toBeUndefined();
    });

    test("a bridge's account has no session of its own, and that is said", async () => {
      const ghost = `@ghost:${server.serverName}`;
      const sql =
        "INSERT INTO users (name, creation_ts, admin, is_guest, appservice_id) VALUES (?, 1700000000, 0, 0, 'irc')";
      writeDatabase(server, sql, ghost);
      expect(await room.ask('user logout ghost')).toContain('belongs to the bridge irc, which acts for it');
      expect(await room.ask('user login ghost --dry-run')).toContain('**belongs to the bridge irc**');
    });

    test('a success that is none is not reported as one', async () => {
      proxy.handlers.push(({ path }) => (path.endsWith('/delete_devices') ? { status: 200, body: {} } : undefined));
      const answer = await room.ask(`user logout ${name} ${sure}`);
      expect(answer).toContain('still has 1 device');
      expect(answer).not.toContain('✅');
      expect(deviceIds()).toEqual([session.deviceId]);
    });

    test('whoever asks is told that it would be herself', async () => {
      const plan = await room.ask(`user logout ${room.admin.userId} --dry-run`);
      expect(plan).toContain('**yourself**, **server admin**');
      expect(plan).toContain('**You** have to log in again');
    });

    test.each([
      ['user logout BOT', 'I never log out my own account'],
      ['user delete-device BOT DEVICE', 'I never delete devices of my own account'],
      ['user prune-devices BOT -d 0 -s 0', 'I never prune devices of my own account'],
    ])('%s is refused', async (line, words) => {
      const before = deviceIds(bot);
      const order = line.replace('BOT', bot).replace('DEVICE', room.botAccount.deviceId);
      expect(await room.ask(`${order} ${sure}`)).toContain(words);
      expect(deviceIds(bot)).toEqual(before);
    });
  });

  test.each(['login', 'logout', 'whois', 'devices', 'prune-devices', 'pushers', 'delete-device'])(
    'user %s of an unknown account is refused by name, and so is one of another server',
    async (command) => {
      const more = command === 'delete-device' ? ' ABC' : '';
      expect(await room.ask(`user ${command} nobody-here${more}`)).toContain(
        'There is no account `@nobody-here:castellan.test`',
      );
      expect(await room.ask(`user ${command} @alice:elsewhere.test${more}`)).toContain('lives on another server');
    },
  );

  describe('user whois', () => {
    test('shows from where and with what an account was used, newest first', async () => {
      const whoami = ({ accessToken }: TestClient, agent: string) =>
        fetch(`${server.url}/_matrix/client/v3/account/whoami`, {
          headers: { authorization: `Bearer ${accessToken}`, 'user-agent': agent },
        });
      await whoami(session, 'First/1');
      await whoami(await another(), 'Odd | <b>agent</b> @room');
      const answer = await room.ask(`user whois ${name}`);
      expect(answer).toContain('was used from 2 places');
      expect(column(answer, 'IP')).toEqual(['127.0.0.1', '127.0.0.1']);
      expect(column(answer, 'User agent')[1]).toBe('First/1');
      expect(column(answer, 'User agent')[0]).not.toContain('<b>agent |');
      expect(column(answer, 'Last seen').every((seen) => /^\d{4}-\d\d-\d\d/.test(seen))).toBe(true);
      const turned = jsonIn<{ user_agent: string }[]>(await room.ask(`user whois ${name} -r -o json`));
      expect(turned.map(({ user_agent }) => user_agent)).toEqual(['First/1', 'Odd | <b>agent</b> @room']);
      expect(column(await room.ask(`user whois ${name} -l 1 --page 2`), 'User agent')).toEqual(['First/1']);
      expect(column(await room.ask(`user whois ${name} -s user_agent -l 1`), 'User agent')).toEqual(['First/1']);
      expect(await room.ask(`user whois ${name} -s colour`)).toContain('it may be `last_seen`, `ip`, `user_agent`');
      expect(await room.ask(`user whois ${name} --from 9`)).toContain('The list ends at 2');
    });

    test('says that there is no record, and not "never"', async () => {
      const answer = await room.ask(`user whois ${name}`);
      expect(answer).toContain('no record of where');
      expect(answer).not.toMatch(/never/i);
    });
  });

  describe('user devices', () => {
    test('lists them with name, time and place, the latest first', async () => {
      const phone = await another();
      const hostile = 'Phone | <b>\n!admin help';
      await room.admin.admin('PUT', `/v2/users/${user}/devices/${phone.deviceId}`, { display_name: hostile });
      wasSeen(phone.deviceId, Date.now() - 3 * day);
      const deaf = await dehydrate();
      const answer = await room.ask(`user devices ${name}`);
      expect(answer).toContain('has 3 devices');
      const rows = column(answer, 'Device').map((id, at) => [id, column(answer, 'Last seen')[at]]);
      expect(rows).toContainEqual([phone.deviceId, expect.stringContaining('(3 days ago)')]);
      expect(rows).toContainEqual([deaf, 'dehydrated, no session']);
      expect(answer).not.toContain('\n!admin help');
      const raw = jsonIn<{ device_id: string; display_name: string }[]>(
        await room.ask(`user devices ${name} --sort device_id -o json`),
      );
      expect(raw.map(({ device_id }) => device_id)).toEqual([session.deviceId, phone.deviceId, deaf].sort());
      expect(raw.find(({ device_id }) => device_id === phone.deviceId)?.display_name).toBe(hostile);
      const turned = await room.ask(`user devices ${name} -s device_id -r --limit 1`);
      expect(column(turned, 'Device')).toEqual([[session.deviceId, phone.deviceId, deaf].sort().at(-1)]);
      expect(turned).toContain('1 of 3');
    });

    test('of one that was never recorded it says "no record"', async () => {
      await room.admin.admin('POST', `/v2/users/${user}/devices`, { device_id: 'QUIET' });
      const answer = await room.ask(`user devices ${name}`);
      expect(answer).toContain('no record');
      expect(answer).not.toMatch(/never/i);
    });

    test('of nobody who is logged in it says so', async () => {
      await room.admin.admin('POST', `/v1/deactivate/${user}`, {});
      expect(await room.ask(`user devices ${name}`)).toContain('is logged in nowhere');
    });
  });

  describe('user delete-device', () => {
    test('ends that session and no other', async () => {
      const phone = await another();
      const plan = await room.ask(`user delete-device ${name} ${phone.deviceId}`);
      expect(plan).toContain(`Delete the device \`${phone.deviceId}\` of \`${user}\``);
      expect(await whoHas(phone.accessToken)).toBe(user);
      expect(await room.ask(`confirm ${planCode(plan)}`)).toContain(`Deleted the device \`${phone.deviceId}\``);
      expect(deviceIds()).toEqual([session.deviceId]);
      expect(await whoHas(phone.accessToken)).toBeUndefined();
      expect(await whoHas(session.accessToken)).toBe(user);
    });

    test('an unknown one is refused, as is one that is gone when the plan is confirmed', async () => {
      const answer = await room.ask(`user delete-device ${name} NOSUCHDEVICE`);
      expect(answer).toContain(`\`${user}\` has no device \`NOSUCHDEVICE\``);
      expect(answer).toContain('!admin user devices');
      const plan = await room.ask(`user delete-device ${name} ${session.deviceId}`);
      await session.request('POST', '/_matrix/client/v3/logout', {});
      expect(await room.ask(`confirm ${planCode(plan)}`)).toContain('nothing was deleted');
    });

    test('when the answer is lost, it is looked whether it is gone', async () => {
      let lost = false;
      proxy.handlers.push(({ path }) => {
        if (lost || !path.endsWith('/delete_devices')) return undefined;
        lost = true;
        return 'lose';
      });
      expect(await room.ask(`user delete-device ${name} ${session.deviceId} ${sure}`)).toContain('was done');
      expect(deviceIds()).toEqual([]);
    });

    test('one that comes back is not reported as deleted', async () => {
      proxy.handlers.push(({ path }) => (path.endsWith('/delete_devices') ? { status: 200, body: {} } : undefined));
      expect(await room.ask(`user delete-device ${name} ${session.deviceId} ${sure}`)).toContain('came back at once');
    });
  });

  describe('user prune-devices', () => {
    let old: string;
    let older: string;
    let oldest: string;
    let quiet: string;
    let deaf: string;

    beforeEach(async () => {
      for (const _ of [1, 2, 3]) await another();
      deaf = await dehydrate();
      [old = '', older = '', oldest = ''] = deviceIds().filter((id) => id !== session.deviceId && id !== deaf);
      quiet = 'QUIET';
      await room.admin.admin('POST', `/v2/users/${user}/devices`, { device_id: quiet });
      wasSeen(session.deviceId, Date.now() - day);
      wasSeen(old, Date.now() - 100 * day);
      wasSeen(older, Date.now() - 200 * day);
      wasSeen(oldest, Date.now() - 300 * day);
      wasSeen(deaf, Date.now() - 400 * day);
    });

    const listed = (plan: string, id: string) => plan.split('\n').find((line) => line.includes(id)) ?? '';

    test('deletes what was not seen for 90 days, and leaves what has no record or is dehydrated', async () => {
      const plan = await room.ask(`user prune-devices ${name}`);
      expect(plan).toContain('Delete 3 devices');
      expect(listed(plan, oldest)).toContain('(300 days ago)');
      expect(plan).toContain('3 targets left out');
      expect(listed(plan, quiet)).toContain('no record of when it was last seen');
      expect(listed(plan, deaf)).toContain('dehydrated');
      expect(listed(plan, session.deviceId)).toContain('seen since');
      expect(plan).not.toMatch(/never/i);
      expect(deviceIds()).toHaveLength(6);
      const answer = await room.ask(`confirm ${planCode(plan)}`);
      expect(answer).toContain('Deleted 3 devices');
      expect(answer).toContain('it has 3 left');
      expect(deviceIds()).toEqual([session.deviceId, quiet, deaf].sort());
      expect(await room.ask(`user prune-devices ${name}`)).toContain('nothing to do');
    });

    test.each<[string, () => string[]]>([
      ['-d 150', () => [older, oldest]],
      ['--min-days=250', () => [oldest]],
      ['--min-surviving 2', () => [older, oldest]],
      ['-s 3', () => [oldest]],
      ['-d 0 -s 0', () => [session.deviceId, old, older, oldest]],
      ['-d 0', () => [old, older, oldest]],
      ['-i OLDER', () => [older]],
    ])('%s', async (flags, gone) => {
      const before = deviceIds();
      const answer = await room.ask(`user prune-devices ${name} ${flags.replace('OLDER', older)} ${sure}`);
      expect(answer).toContain('Deleted');
      expect(deviceIds()).toEqual(before.filter((id) => !gone().includes(id)));
    });

    test.each<[string, () => string, string]>([
      ['a recent one', () => session.deviceId, 'seen since'],
      ['one without a record', () => quiet, 'no record'],
      ['a dehydrated one', () => deaf, 'dehydrated'],
      ['an unknown one', () => 'NOSUCHDEVICE', 'has no device `NOSUCHDEVICE`'],
    ])('%s is not deleted, named or not', async (_, id, words) => {
      const before = deviceIds();
      expect(await room.ask(`user prune-devices ${name} --device-id ${id()} -s 0 ${sure}`)).toContain(words);
      expect(deviceIds()).toEqual(before);
    });

    test('the last of old devices survives', async () => {
      await room.admin.admin('DELETE', `/v2/users/${user}/devices/${session.deviceId}`);
      await room.ask(`user prune-devices ${name} ${sure}`);
      expect(deviceIds()).toContain(old);
      expect(deviceIds()).not.toContain(older);
    });

    test('what was seen or went since the plan was shown is left out, and said', async () => {
      const plan = await room.ask(`user prune-devices ${name}`);
      wasSeen(oldest, Date.now());
      await room.admin.admin('DELETE', `/v2/users/${user}/devices/${older}`);
      const answer = await room.ask(`confirm ${planCode(plan)}`);
      expect(answer).toContain('Deleted 1 device');
      expect(answer).toContain(`\`${oldest}\`: seen since`);
      expect(answer).toContain(`\`${older}\`: gone already`);
      expect(deviceIds()).toContain(oldest);
    });

    test.each([
      ['-d -1', 'must be at least 0'],
      ['-s few', 'is no whole number'],
    ])('%s is refused', async (flags, words) => {
      expect(await room.ask(`user prune-devices ${name} ${flags} ${sure}`)).toContain(words);
      expect(deviceIds()).toHaveLength(6);
    });
  });

  describe('user pushers', () => {
    const setPusher = (app: string, pushkey: string) =>
      session.request('POST', '/_matrix/client/v3/pushers/set', {
        kind: 'http',
        app_id: app,
        app_display_name: `${app} | <b>`,
        device_display_name: 'Phone',
        pushkey,
        lang: 'en',
        data: {
          url: 'https://push.example.org/_matrix/push/v1/notify?auth=hidden-in-query',
          format: 'event_id_only',
          auth: 'hidden-in-data',
        },
      });

    test('shows where an account is notified, and none of the keys', async () => {
      await setPusher('org.one', 'secret-key-1');
      await setPusher('org.two', 'secret-key-2');
      const answer = await room.ask(`user pushers ${name}`);
      expect(answer).toContain('has 2 pushers');
      expect(column(answer, 'App id')).toEqual(['org.one', 'org.two']);
      expect(column(answer, 'Goes to')[0]).toBe('https://push.example.org/_matrix/push/v1/notify');
      const json = await room.ask(`user pushers ${name} -o json`);
      expect(jsonIn(json)).toMatchObject([
        { app_id: 'org.one', pushkey: '***', data: { format: 'event_id_only', auth: '***' } },
        { app_id: 'org.two' },
      ]);
      const csv = await room.ask(`user pushers ${name} -r -o csv`);
      for (const said of [answer, json, csv]) {
        expect(said).not.toContain('secret-key');
        expect(said).not.toContain('hidden-in');
      }
      expect(column(await room.ask(`user pushers ${name} -s app_id -r -l 1`), 'App id')).toEqual(['org.two']);
    });

    test('shows the address of one that sends mail', async () => {
      const mail = { kind: 'email', app_id: 'm.email', pushkey: 'a@example.org', data: {}, lang: 'en' };
      proxy.handlers.push(({ path }) =>
        path.endsWith('/pushers') ? { status: 200, body: { pushers: [mail], total: 1 } } : undefined,
      );
      expect(column(await room.ask(`user pushers ${name}`), 'Goes to')).toEqual(['a@example.org']);
    });

    test('says where there is none', async () => {
      expect(await room.ask(`user pushers ${name}`)).toContain('has no pusher');
    });
  });

  test('below owner nobody makes tokens, and nobody ends sessions of an admin', async () => {
    const helper = await registerUser(server, 'helper', { admin: true });
    const protege = await registerUser(server, 'protege', { admin: true });
    await room.botAccount.invite(room.roomId, helper.userId);
    await helper.join(room.roomId);
    await room.bot().stop();
    room.configure({ roles: { [helper.userId]: 'admin', [room.admin.userId]: 'owner' } });
    await room.start();
    expect(await room.ask(`user login ${name} ${sure}`, helper)).toContain('❌');
    expect(puppetTokens()).toEqual([]);
    const device = protege.deviceId;
    for (const line of [
      `user logout ${protege.userId}`,
      `user delete-device ${protege.userId} ${device}`,
      `user prune-devices ${protege.userId} -d 0 -s 0`,
    ]) {
      expect(await room.ask(`${line} ${sure}`, helper)).toContain('❌');
    }
    expect(deviceIds(protege.userId)).toEqual([device]);
    expect(await room.ask(`user logout ${name} ${sure}`, helper)).toContain('✅');
    expect(deviceIds()).toEqual([]);
  });
});
