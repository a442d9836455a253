import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { takeLock } from '../src/store/lock.ts';
import { openStore } from '../src/store/open.ts';
import { storePath } from '../src/store/store-path.ts';
import { loginPassword, registerUser, TestClient } from './homeserver/client.ts';
import { describeWithSynapse } from './homeserver/describe-with-synapse.ts';
import { freePort } from './homeserver/free-port.ts';
import { testPassword } from './homeserver/register-user.ts';
import { type Synapse, startSynapse } from './homeserver/synapse.ts';
import { type SpawnOptions, spawnCastellan } from './spawn-castellan.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const castellan = (argv: readonly string[], options: Omit<SpawnOptions, 'cwd'> = {}) =>
  spawnCastellan(argv, { cwd: folder, ...options }).ended;

function file(name: string, text?: string): string {
  const path = join(folder, name);
  if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const mode = (name: string) => statSync(join(folder, name)).mode & 0o777;
const tokenOf = (name = 'castellan.token') => read(name).trim();
const part = encodeURIComponent;

let server: Synapse;

const withSecret = (...more: string[]) =>
  castellan(['init', '--homeserver', server.url, '--shared-secret-file', file('secret', server.sharedSecret), ...more]);
const withAdmin = (...more: string[]) =>
  castellan([
    'init',
    '--homeserver',
    server.url,
    '--admin-user',
    'root',
    '--admin-password-file',
    file('password', testPassword),
    ...more,
  ]);
const bot = () =>
  new TestClient(server.url, { userId: '@castellan:castellan.test', accessToken: tokenOf(), deviceId: '' });
const roomOf = async (client: TestClient, alias = '#admins:castellan.test') =>
  String((await client.request('GET', `/_matrix/client/v3/directory/room/${part(alias)}`)).room_id);
const state = async (client: TestClient, room: string) => {
  const { state } = await client.admin('GET', `/v1/rooms/${part(room)}/state`);
  return state as { type: string; state_key: string; event_id: string; content: Record<string, unknown> }[];
};
const ids = async (client: TestClient, room: string) => (await state(client, room)).map((one) => one.event_id).sort();
const counts = () => ({
  users: server.queryDatabase('SELECT name FROM users').length,
  rooms: server.queryDatabase('SELECT room_id FROM rooms').length,
  devices: server.queryDatabase(
    "SELECT device_id FROM devices WHERE user_id = '@castellan:castellan.test' AND NOT hidden",
  ),
});

describeWithSynapse('castellan init', () => {
  /** One server a test: these are about what is on it and what is not. */
  async function start(config?: Record<string, unknown>): Promise<void> {
    server = await startSynapse({ name: 'init', ...(config === undefined ? {} : { config }) });
  }
  afterEach(() => server.stop());

  test('with the shared secret makes everything on an empty server, and nothing twice', async () => {
    await start();
    const first = await withSecret('--first-admin', 'ann');
    expect(first).toMatchObject({ code: 0, stderr: '' });

    const who = await bot().request('GET', '/_matrix/client/v3/account/whoami');
    expect(who).toMatchObject({ user_id: '@castellan:castellan.test', device_id: 'CASTELLAN' });
    expect(await bot().admin('GET', '/v2/users/@castellan:castellan.test')).toMatchObject({
      admin: true,
      user_type: 'bot',
      displayname: 'Castellan',
    });
    expect(await bot().admin('GET', '/v1/users/@castellan:castellan.test/override_ratelimit')).toMatchObject({
      messages_per_second: 0,
      burst_count: 0,
    });

    const password = /shown this once: (\S+)$/m.exec(first.stdout)?.[1] ?? '';
    const ann = await loginPassword(server, 'ann', password);
    expect(await ann.admin('GET', '/v1/users/@ann:castellan.test/admin')).toEqual({ admin: true });

    const room = await roomOf(ann);
    await ann.join(room);
    expect(await bot().admin('GET', `/v1/rooms/${part(room)}`)).toMatchObject({
      creator: '@castellan:castellan.test',
      canonical_alias: '#admins:castellan.test',
      join_rules: 'invite',
      history_visibility: 'joined',
      guest_access: 'forbidden',
      encryption: null,
      federatable: false,
      public: false,
    });
    const ending = {
      'm.room.encryption': { algorithm: 'm.megolm.v1.aes-sha2' },
      'm.room.server_acl': { allow: ['*'], deny: [] },
      'm.room.tombstone': { body: 'gone', replacement_room: '!other:castellan.test' },
    };
    const opening = {
      'm.room.join_rules': { join_rule: 'public' },
      'm.room.history_visibility': { history_visibility: 'world_readable' },
      'm.room.power_levels': {},
    };
    for (const [type, content] of Object.entries({ ...ending, ...opening }))
      await expect(ann.sendState(room, type, content), type).rejects.toMatchObject({ status: 403 });
    for (const [type, content] of Object.entries(ending))
      await expect(bot().sendState(room, type, content), type).rejects.toMatchObject({ status: 403 });
    const said = await bot().send(room, 'a secret');
    await ann.redact(room, said);

    expect(mode('bot.config.json')).toBe(0o600);
    expect(mode('castellan.token')).toBe(0o600);
    expect(JSON.parse(read('bot.config.json'))).toEqual({
      homeserverUrl: server.url,
      accessTokenFile: './castellan.token',
      dataDir: './data',
    });
    expect(readdirSync(folder).sort()).toEqual(['bot.config.json', 'castellan.token', 'secret']);

    const [token, config, before] = [tokenOf(), read('bot.config.json'), counts()];
    for (const again of [await withSecret('--first-admin', 'ann'), await castellan(['init', '--non-interactive'])]) {
      expect(again).toMatchObject({ code: 0, stderr: '' });
      expect(again.stdout).not.toMatch(/Made|password|Invited|Wrote/);
    }
    expect(tokenOf()).toBe(token);
    expect(read('bot.config.json')).toBe(config);
    expect(counts()).toEqual(before);
    expect(before.devices).toEqual([{ device_id: 'CASTELLAN' }]);
    for (const secret of [server.sharedSecret, token]) expect(first.stdout + first.stderr).not.toContain(secret);
    expect(config).not.toContain(password);
  });

  test("with an admin's password makes the bot and the room, invites that admin only, and leaves no session behind", async () => {
    await start();
    const root = await registerUser(server, 'root', { admin: true });
    await registerUser(server, 'other', { admin: true });
    const done = await castellan(
      [
        'init',
        '--homeserver',
        `${server.url}/`,
        '--admin-user',
        '@root:castellan.test',
        '--admin-password-file',
        '-',
        '--bot-user',
        'warden',
        '--room-alias',
        'control',
        '--config',
        'ops.json',
        '--token-file',
        'ops.token',
        '--data-dir',
        'state',
      ],
      { stdin: `${testPassword}\n` },
    );
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).not.toContain(testPassword);
    expect(JSON.parse(read('ops.json'))).toEqual({
      homeserverUrl: server.url,
      accessTokenFile: './ops.token',
      adminRoom: '#control:castellan.test',
      dataDir: './state',
    });
    const warden = new TestClient(server.url, { userId: '', accessToken: tokenOf('ops.token'), deviceId: '' });
    expect(await warden.request('GET', '/_matrix/client/v3/account/whoami')).toMatchObject({
      user_id: '@warden:castellan.test',
      device_id: 'CASTELLAN',
    });
    const room = await roomOf(root, '#control:castellan.test');
    const members = (await state(root, room)).filter(({ type }) => type === 'm.room.member');
    expect(Object.fromEntries(members.map((one) => [one.state_key, one.content.membership]))).toEqual({
      '@warden:castellan.test': 'join',
      '@root:castellan.test': 'invite',
    });
    expect(
      server.queryDatabase("SELECT device_id FROM devices WHERE user_id = '@root:castellan.test' AND NOT hidden"),
    ).toHaveLength(1);
  });

  test('makes a new token where the old one is lost, and ends the old one', async () => {
    await start();
    await registerUser(server, 'root', { admin: true });
    expect((await withAdmin()).code).toBe(0);
    const lost = bot();
    const before = counts();
    rmSync(file('castellan.token'));
    expect((await withSecret()).stderr).toMatch(
      /castellan exists, and there is no token for it here.*\n.*--admin-user/,
    );
    expect((await withAdmin()).code).toBe(0);
    expect(await bot().request('GET', '/_matrix/client/v3/account/whoami')).toMatchObject({ device_id: 'CASTELLAN' });
    await expect(lost.request('GET', '/_matrix/client/v3/account/whoami')).rejects.toMatchObject({ status: 401 });
    expect(counts()).toEqual(before);

    writeFileSync(file('castellan.token'), 'syt_not_a_token\n');
    const none = await castellan(['init', '--non-interactive']);
    expect(none).toMatchObject({ code: 2 });
    expect(none.stderr).toContain('nothing to make one with');
    expect((await withAdmin()).code).toBe(0);
  });

  test('gives back to the bot the power that it lost', async () => {
    await start();
    const root = await registerUser(server, 'root', { admin: true });
    expect((await withAdmin()).code).toBe(0);
    const token = tokenOf();
    await root.admin('PUT', '/v1/users/@castellan:castellan.test/admin', { admin: false });
    expect((await castellan(['init', '--non-interactive'])).stderr).toContain('is no server admin');
    expect((await withAdmin()).code).toBe(0);
    expect(tokenOf()).toBe(token);
    expect(await root.admin('GET', '/v1/users/@castellan:castellan.test/admin')).toEqual({ admin: true });
  });

  test("takes over nobody's account", async () => {
    await start();
    await registerUser(server, 'root', { admin: true });
    await registerUser(server, 'castellan', { password: 'my own' });
    for (const refused of [await withAdmin(), await withSecret()]) {
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('--bot-user');
    }
    await loginPassword(server, 'castellan', 'my own');
    expect(existsSync(file('castellan.token'))).toBe(false);
    expect(existsSync(file('bot.config.json'))).toBe(false);
  });

  test('says why no room can be made where every new room is encrypted, and does not keep the alias', async () => {
    await start({ encryption_enabled_by_default_for_room_type: 'all' });
    const root = await registerUser(server, 'root', { admin: true });
    const refused = await withAdmin();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('encryption_enabled_by_default_for_room_type');
    await expect(roomOf(root)).rejects.toMatchObject({ status: 404 });
  });

  test('wants a first admin where there is none, and none where there is one', async () => {
    await start();
    const missing = await withSecret();
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('--first-admin');
    const ann = await registerUser(server, 'ann', { password: 'her own' });
    const promoted = await castellan(['init', '--homeserver', server.url, '--first-admin', 'ann']);
    expect(promoted).toMatchObject({ code: 0, stderr: '' });
    expect(promoted.stdout).not.toContain('password, shown');
    expect(await ann.admin('GET', '/v1/users/@ann:castellan.test/admin')).toEqual({ admin: true });
    await loginPassword(server, 'ann', 'her own');
    expect((await withSecret('--first-admin', 'eve')).code).toBe(0);
    await expect(ann.admin('GET', '/v2/users/@eve:castellan.test')).rejects.toMatchObject({ status: 404 });
  });

  test('takes no wrong credentials', async () => {
    await start();
    await registerUser(server, 'user');
    const password = file('password', testPassword);
    const ordinary = await castellan([
      'init',
      '--homeserver',
      server.url,
      '--admin-user',
      'user',
      '--admin-password-file',
      password,
    ]);
    expect(ordinary).toMatchObject({ code: 1 });
    expect(ordinary.stderr).toContain('@user:castellan.test is no server admin, so nothing was done');
    const wrong = await castellan(['init', '--homeserver', server.url, '--shared-secret-file', password]);
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.stderr).toContain('refuses the registration secret');
    expect(wrong.stderr).not.toContain(testPassword);
    const env = { CASTELLAN_REGISTRATION_SHARED_SECRET: server.sharedSecret };
    expect(await castellan(['init', '--homeserver', server.url, '--first-admin', 'ann'], { env })).toMatchObject({
      code: 0,
    });
  });

  test('overwrites no configuration a bot has run with, unless forced, and keeps what it does not know of', async () => {
    await start();
    await registerUser(server, 'root', { admin: true });
    const shipped = {
      homeserverUrl: 'http://localhost:1',
      accessTokenFile: 'castellan.token',
      prefix: '!ops',
      dataDir: './data',
    };
    writeFileSync(file('bot.config.json'), JSON.stringify(shipped));
    const first = await withAdmin();
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(read('bot.config.json'))).toEqual({ ...shipped, homeserverUrl: server.url });
    expect(JSON.parse(read('bot.config.json.bak'))).toEqual(shipped);
    expect([mode('bot.config.json'), mode('bot.config.json.bak')]).toEqual([0o600, 0o600]);

    const [config, before] = [read('bot.config.json'), counts()];
    const other = await withAdmin('--data-dir', 'elsewhere', '--client-url', 'https://chat.example.org');
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/says otherwise about clientUrl, dataDir/);
    expect(read('bot.config.json')).toBe(config);
    expect((await withAdmin('--data-dir', 'elsewhere', '--force')).code).toBe(0);
    expect(JSON.parse(read('bot.config.json'))).toEqual({
      ...shipped,
      homeserverUrl: server.url,
      dataDir: './elsewhere',
    });
    expect(read('bot.config.json.bak')).toBe(config);
    expect(counts()).toEqual(before);

    writeFileSync(file('bot.config.json'), '{ "prefx": 1 }');
    expect(await withAdmin()).toMatchObject({ code: 2, stderr: expect.stringContaining('perhaps "prefix" was meant') });
    expect((await withAdmin('--force')).code).toBe(0);
    expect(JSON.parse(read('bot.config.json'))).toEqual({
      homeserverUrl: server.url,
      accessTokenFile: './castellan.token',
      dataDir: './data',
    });
  });

  test('--rebind binds the bot to the room that the alias names now, and notes it in the audit trail', async () => {
    await start();
    const root = await registerUser(server, 'root', { admin: true });
    expect((await withAdmin()).code).toBe(0);
    const old = await roomOf(root);
    const path = storePath(join(folder, 'data'));
    const store = openStore(path, { clock: Date.now });
    store.values.set('admin-room', old);
    store.close();

    const alias = `/_matrix/client/v3/directory/room/${part('#admins:castellan.test')}`;
    const fresh = await root.createRoom({ preset: 'private_chat' });
    await bot().request('DELETE', alias);
    await bot().request('PUT', alias, { room_id: fresh });

    const lock = takeLock(path);
    expect(await castellan(['init', '--rebind'])).toMatchObject({ code: 6, stdout: '' });
    lock?.release();
    const done = await castellan(['init', '--rebind']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain(`Bound the bot to ${fresh}; it was bound to ${old}.`);
    expect((await castellan(['init', '--rebind'])).stdout).toContain('already');
    expect(await root.joinedMembers(fresh)).toContain('@castellan:castellan.test');

    const after = openStore(path, { clock: Date.now });
    expect(after.values.get('admin-room')).toBe(fresh);
    const records = after.audit.list({ limit: 10, from: 0 });
    expect(records).toMatchObject([
      { kind: 'note', command: 'init --rebind', targets: [fresh], detail: { before: old, after: fresh } },
    ]);
    expect(records[0]?.actor).toMatch(/^shell:/);
    after.close();

    const open = await root.createRoom({ preset: 'public_chat' });
    await root.request('DELETE', alias);
    await root.request('PUT', alias, { room_id: open });
    expect(await castellan(['init', '--rebind'])).toMatchObject({ code: 7 });
  });
});

describeWithSynapse('castellan init before a room that exists', () => {
  let root: TestClient;
  beforeAll(async () => {
    server = await startSynapse({ name: 'init' });
    root = await registerUser(server, 'root', { admin: true });
  });
  afterAll(() => server.stop());

  test('joins a room that exists and is safe', async () => {
    const room = await root.createRoom({ preset: 'private_chat', room_alias_name: 'safe' });
    const done = await withAdmin('--room-alias', 'safe');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain(`Found #safe:castellan.test (${room}); it is safe, and the bot joined it.`);
    expect(await bot().joinedMembers(room)).toContain('@castellan:castellan.test');
    expect(counts().rooms).toBe(1);
    // It can remove what must not stay in the room.
    await bot().redact(room, await root.send(room, 'a password'));
    expect((await withAdmin('--room-alias', 'safe')).stdout).toContain('the bot is in it');
  });

  test.each([
    ['public', { preset: 'public_chat' }, 'anyone may join it'],
    [
      'world-readable',
      {
        preset: 'private_chat',
        initial_state: [
          { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'world_readable' } },
        ],
      },
      'anyone may read it',
    ],
    [
      'encrypted',
      {
        preset: 'private_chat',
        initial_state: [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
      },
      'it is encrypted',
    ],
  ])('refuses a room that is %s, and leaves it as it is', async (kind, creation, reason) => {
    const room = await root.createRoom({ ...creation, room_alias_name: kind });
    const before = await ids(root, room);
    const refused = await withAdmin('--room-alias', kind);
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain(`The room ${room} cannot be the admin room: ${reason}.`);
    expect(await ids(root, room)).toEqual(before);
    expect(existsSync(file('bot.config.json'))).toBe(false);
  });

  test('refuses an alias that an ordinary user took first', async () => {
    const mallory = await registerUser(server, 'mallory');
    const room = await mallory.createRoom({ preset: 'private_chat', room_alias_name: 'squatted' });
    const refused = await withAdmin('--room-alias', 'squatted');
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain('its creator @mallory:castellan.test is no server admin');
    expect(await mallory.joinedMembers(room)).toEqual(['@mallory:castellan.test']);
  });
});

describeWithSynapse('the command line', () => {
  beforeAll(async () => {
    server = await startSynapse({ name: 'main' });
  });
  afterAll(() => server.stop());

  test('tells its version and its commands', async () => {
    expect(await castellan(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    expect(await castellan(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('castellan run') });
    expect(await castellan(['init', '--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--rebind') });
    expect(await castellan(['run', '--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--config') });
  });

  test.each([
    ['no command', [], 'castellan run'],
    ['a command there is not', ['walk'], 'There is no command "walk"'],
    ['an unknown flag of run', ['run', '--confg', 'x'], "Unknown option '--confg'"],
    ['an unknown flag of init', ['init', '--password', 'x'], "Unknown option '--password'"],
    ['no configuration', ['run', '--config', 'absent.json'], 'there is no such file'],
    ['no homeserver', ['init'], '--homeserver'],
    ['no address', ['init', '--homeserver', 'matrix.org'], 'is no address'],
    [
      'no secret file',
      ['init', '--homeserver', 'http://localhost:1', '--shared-secret-file', 'absent'],
      'absent cannot be read (ENOENT)',
    ],
    [
      'a password of nobody',
      ['init', '--homeserver', 'http://localhost:1', '--admin-password-file', '-'],
      '--admin-user',
    ],
    [
      'a folder that is not there',
      ['init', '--homeserver', 'http://localhost:1', '--config', 'no/where.json'],
      'is not there',
    ],
  ])('ends with 2 for %s', async (_what, argv, says) => {
    expect(await castellan(argv)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(says) });
  });

  test('ends with 2 for an invalid configuration, every fault told', async () => {
    const config = file('bot.config.json', JSON.stringify({ prefix: '', logLevel: 'loud', colour: 'red' }));
    const refused = await castellan(['run', '--config', config]);
    expect(refused.code).toBe(2);
    for (const key of ['prefix', 'logLevel', 'colour', 'accessTokenFile'])
      expect(refused.stderr).toContain(`  ${key}: `);
  });

  test('refuses a token file that others can read, in init too', async () => {
    chmodSync(file('castellan.token', 'x'), 0o644);
    const config = file(
      'bot.config.json',
      JSON.stringify({ homeserverUrl: server.url, accessTokenFile: 'castellan.token' }),
    );
    for (const argv of [
      ['run', '--config', config],
      ['init', '--config', config],
    ])
      expect(await castellan(argv)).toMatchObject({ code: 2, stderr: expect.stringContaining('chmod 600') });
  });

  test('ends with 1 where no Synapse answers at the address, and names it', async () => {
    const env = { CASTELLAN_REGISTRATION_SHARED_SECRET: 'x' };
    for (const url of [`${server.url}/nowhere`, `http://127.0.0.1:${await freePort()}`]) {
      const gone = await castellan(['init', '--homeserver', url], { env });
      expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining(url) });
    }
  });
});
