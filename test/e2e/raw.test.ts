import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secretsInFiles } from '../crash/secret-scan.ts';
import { loginPassword, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { fromStore } from './store-file.ts';

const part = encodeURIComponent;

describeWithSynapse('raw requests', () => {
  let server: Synapse;
  let room: AdminRoom;
  let alice: TestClient;

  beforeAll(async () => {
    server = await startSynapse();
    room = await openAdminRoom(server);
    alice = await registerUser(server, 'alice', { password: 'alice-her-own-password' });
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  const details = (userId: string) => room.admin.admin('GET', `/v2/users/${part(userId)}`);
  const auditOf = (command: string) =>
    fromStore(room.dataDir, 'SELECT record FROM audit WHERE command = ? ORDER BY seq', command).map(({ record }) =>
      JSON.parse(String(record)),
    );
  const data = (answer: string) => jsonIn(answer.slice(answer.indexOf('```')));

  describe('to the admin API', () => {
    test.each([
      'raw GET v1/server_version',
      'raw v1/server_version',
      'raw v1/server_version -m GET',
      'raw v1/server_version --method get',
      'raw get /v1/server_version',
      'raw GET /_synapse/admin/v1/server_version',
    ])('%s reads at once', async (line) => {
      expect(data(await room.ask(line))).toEqual(await room.admin.admin('GET', '/v1/server_version'));
    });

    test('a query goes with the path, and reading is recorded too', async () => {
      const before = auditOf('raw').length;
      const answer = data(await room.ask('raw "v2/users?limit=1&order_by=name"')) as { users: unknown[] };
      expect(answer.users).toHaveLength(1);
      const records = auditOf('raw').slice(before);
      expect(records).toHaveLength(1);
      expect(records[0]).toMatchObject({
        actor: room.admin.userId,
        input: { first: 'v2/users?limit=1&order_by=name' },
      });
    });

    test('a change waits for a yes, is done once, and leaves its trace', async () => {
      const path = `v2/users/${alice.userId}`;
      const line = `raw PUT ${path}`;
      const plan = await room.askWith(line, '{\n  "displayname": "Alice the First"\n}');
      expect(plan).toContain(`Send \`PUT /_synapse/admin/${path}\` to the homeserver.`);
      expect(plan).toContain('Alice the First');
      expect((await details(alice.userId)).displayname).toBe('alice');
      const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
      expect(await room.ask(`confirm ${code}`)).toContain(`✅ \`PUT /_synapse/admin/${path}\` answers:`);
      expect((await details(alice.userId)).displayname).toBe('Alice the First');
      const outcome = auditOf('raw').findLast(({ kind }) => kind === 'outcome');
      expect(outcome).toMatchObject({
        outcome: 'done',
        detail: { after: { method: 'PUT', body: { displayname: 'Alice the First' } } },
      });
    });

    test.each(['-d', '--data'])('the body may stand on the line: %s', async (flag) => {
      const line = `raw v2/users/${alice.userId} -m PUT ${flag} '{"displayname":"By ${flag}"}'`;
      expect(await room.askAndConfirm(line)).toContain('✅');
      expect((await details(alice.userId)).displayname).toBe(`By ${flag}`);
    });

    test('a password in it is removed from the room and stands in no file, and those of answers are masked', async () => {
      const secret = 'raw-Canary-7319';
      const eventId = await room.admin.send(
        room.roomId,
        `!admin raw POST v1/reset_password/${alice.userId}\n\`\`\`\n{"new_password":"${secret}","logout_devices":false}\n\`\`\``,
      );
      const plan = bodyOf(await room.answerTo(eventId));
      expect(plan).not.toContain(secret);
      const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
      expect(await room.ask(`confirm ${code}`)).toContain('🔒 Your message held a secret');
      expect((await loginPassword(server, 'alice', secret)).userId).toBe(alice.userId);
      await room.admin.waitForEvent(room.roomId, (event) => event.type === 'm.room.redaction');
      expect(JSON.stringify(await room.admin.messages(room.roomId))).not.toContain(secret);
      expect(secretsInFiles(room.dataDir, [secret])).toEqual([]);
      expect(room.bot().output()).not.toContain(secret);

      const answer = await room.askAndConfirm(`raw POST v1/users/${alice.userId}/login -d '{}'`);
      expect(data(answer)).toEqual({ access_token: '•••' });
      const hashes = await room.ask(`raw GET v1/search_users/${room.botAccount.userId}?term=alice`);
      expect(hashes).toContain('"password_hash": "•••"');
      expect(hashes).not.toContain('$2b$');
    });

    test.each([
      [
        'a body that is no JSON',
        'raw PUT v2/users/@alice:castellan.test',
        '{"a": 1,}',
        'no valid JSON: line 1, column 9',
      ],
      ['single quotes', 'raw PUT v2/users/@alice:castellan.test', "{'a': 1}", 'no valid JSON'],
      ['a body cut short', 'raw PUT v2/users/@alice:castellan.test', '{"a": [1, 2', 'no valid JSON'],
      ['a body for a GET', 'raw GET v1/server_version', '{}', 'A GET has no body'],
      ['a body on the line and below it', `raw PUT x -d '{}'`, '{}', 'use one of them'],
      ['a body where there are two', 'raw PUT x', '{}\n{}', 'no valid JSON: line 2'],
    ])('refuses %s, and repeats nothing of it', async (_, line, body, why) => {
      const answer = await room.askWith(line, body);
      expect(answer).toContain(why);
      if (body.includes('a')) expect(answer).not.toContain(body);
    });

    test.each([
      ['no path', 'raw GET', 'There is no path behind `GET`'],
      ['no method', 'raw PATCH v1/x', '`PATCH` is no method'],
      ['two methods', 'raw GET v1/server_version -m PUT', 'The method is given twice'],
      ['another server', 'raw GET https://evil.test/x', 'names a server'],
      ['another server, by two slashes', 'raw GET //evil.test/x', 'names a server'],
      ['a way out', 'raw GET ../client/v3/account/whoami', 'is no path'],
      ['a way out, encoded', 'raw GET v1/%2e%2e/x', 'is no path'],
      ['a bare sign of an alias', 'raw GET v1/rooms/#lobby', 'is no path'],
      ['a space', 'raw GET "v1/a b"', 'is no path'],
      ['a backslash', 'raw GET "v1\\\\x"', 'is no path'],
      ['a token in the address', 'raw GET v1/server_version?access_token=x', 'logs'],
      ['what does not exist', 'raw GET v9/nothing', '❌'],
    ])('refuses %s', async (_, line, why) => expect(await room.ask(line)).toContain(why));

    test('the never-list holds, in whatever way the path is written', async () => {
      const bot = room.botAccount.userId;
      for (const line of [
        `raw POST v1/deactivate/${bot} -d '{}'`,
        `raw POST v1/deactivate/${part(bot)} -d '{}'`,
        `raw POST v1/deactivate/${part(part(bot))} -d '{}'`,
        `raw DELETE v2/rooms/${part(room.roomId)} -d '{}'`,
        `raw PUT v2/users/${bot} -d '{"locked":true}'`,
      ])
        expect(await room.askAndConfirm(line), line).toMatch(/^❌[\s\S]*is refused/);
      expect(await details(bot)).toMatchObject({ deactivated: false, locked: false });
      expect(await room.ask('bot whoami')).toContain(bot);
    });

    test('only an owner may, reading too', async () => {
      await room.bot().stop();
      room.configure({ roles: { [room.admin.userId]: 'admin' } });
      await room.start();
      for (const line of ['raw GET v1/server_version', 'matrix raw client/versions', 'matrix login alice -p x'])
        expect(await room.ask(line)).toContain('needs the role owner');
      await room.bot().stop();
      room.configure({ roles: {} });
      await room.start();
    });
  });

  describe('to the client API', () => {
    test('goes with the token of the bot', async () => {
      expect(data(await room.ask('matrix raw client/v3/account/whoami'))).toMatchObject({
        user_id: room.botAccount.userId,
      });
      expect(data(await room.ask('matrix raw GET /_matrix/client/versions'))).toHaveProperty('versions');
    });

    test('or with one that is typed, and then removed', async () => {
      const answer = await room.ask(`matrix raw client/v3/account/whoami -t ${alice.accessToken}`);
      expect(data(answer)).toMatchObject({ user_id: alice.userId });
      expect(answer).toContain('🔒 Your message held a secret');
      const set = `matrix raw PUT client/v3/profile/${part(alice.userId)}/displayname --token ${alice.accessToken}`;
      expect(await room.askAndConfirm(set, undefined, '{"displayname":"By herself"}')).toContain('✅');
      expect((await details(alice.userId)).displayname).toBe('By herself');
      expect(secretsInFiles(room.dataDir, [alice.accessToken])).toEqual([]);
      expect(room.bot().output()).not.toContain(alice.accessToken);
    });

    test('a token that nobody has is refused in words about that token', async () => {
      expect(await room.ask('matrix raw client/v3/account/whoami -t nonsense')).toMatch(/^❌/);
      expect(await room.ask('bot whoami')).toContain(room.botAccount.userId);
    });

    test('what would harm the bot or this room is refused', async () => {
      for (const line of [
        `matrix raw POST client/v3/logout -d '{}'`,
        `matrix raw POST client/v3/logout/all --data '{}'`,
        `matrix raw POST client/v3/rooms/${part(room.roomId)}/leave -d '{}'`,
        `matrix raw POST client/v3/account/deactivate -d '{}'`,
      ])
        expect(await room.askAndConfirm(line), line).toMatch(/^❌[\s\S]*is refused/);
      expect(await room.ask('bot whoami')).toContain(room.botAccount.userId);
    });

    test('a prompt is for a terminal', async () => {
      expect(await room.ask('matrix raw client/versions --prompt')).toContain('on a terminal only');
    });
  });

  describe('matrix login', () => {
    test('gives the token of a new device to who asked, and to nobody else', async () => {
      await room.admin.admin('POST', `/v1/reset_password/${part(alice.userId)}`, {
        new_password: 'alice-login-Canary-1',
        logout_devices: false,
      });
      const answer = await room.askAndConfirm('matrix login alice -p alice-login-Canary-1');
      expect(answer).toContain(`✅ Logged in as \`${alice.userId}\``);
      expect(answer).toContain('🔑 The secret is in a direct message.');
      const device = /new device `([^`]+)`/.exec(answer)?.[1];
      const devices = (await room.admin.admin('GET', `/v2/users/${part(alice.userId)}/devices`)).devices as {
        device_id: string;
      }[];
      expect(devices.map(({ device_id }) => device_id)).toContain(device);
      expect(secretsInFiles(room.dataDir, ['alice-login-Canary-1'])).toEqual([]);
      expect(JSON.stringify(await room.admin.messages(room.roomId))).not.toContain('alice-login-Canary-1');
    });

    test.each([
      ['a wrong password', 'matrix login alice -p wrong', '❌ The homeserver refused'],
      ['a user that nobody has', 'matrix login nobody -p wrong', '❌ The homeserver refused'],
    ])('says %s', async (_, line, why) => expect(await room.askAndConfirm(line)).toContain(why));

    test('wants a password, and not the bot', async () => {
      expect(await room.ask('matrix login alice')).toContain('on a terminal only');
      expect(await room.ask(`matrix login ${room.botAccount.userId} -p x`)).toContain('❌');
    });
  });
});
