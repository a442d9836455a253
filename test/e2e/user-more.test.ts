import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { masterKey } from '../homeserver/master-key.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { bodyTable, column } from './tables.ts';

const part = encodeURIComponent;

describeWithSynapse('what is seldom asked of an account', () => {
  let server: Synapse;
  let room: AdminRoom;
  let alice: TestClient;

  beforeAll(async () => {
    server = await startSynapse();
    room = await openAdminRoom(server);
    alice = await registerUser(server, 'alice');
    await room.admin.admin('PUT', `/v2/users/${part(alice.userId)}`, {
      threepids: [
        { medium: 'email', address: 'alice@example.org' },
        { medium: 'msisdn', address: '49301234567' },
      ],
      external_ids: [{ auth_provider: 'oidc-github', external_id: 'alice/12 3' }],
    });
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  const v1 = (what: string) => room.admin.admin('GET', `/v1/users/${part(alice.userId)}/${what}`);

  test.each([
    ['user find-by-threepid email alice@example.org'],
    ['user find-by-threepid EMAIL Alice@Example.ORG'],
    ['user find-by-threepid msisdn +49301234567'],
    ['user 3pid alice@example.org'],
    ['user 3pid 49301234567 -m msisdn'],
    ['user 3pid alice@example.org --medium email'],
    ['user find-by-auth-provider oidc-github "alice/12 3"'],
    ['user auth-provider "alice/12 3" -p oidc-github'],
    ['user auth-provider "alice/12 3" --provider oidc-github'],
  ])('%s finds alice', async (line) => {
    expect(await room.ask(line)).toContain(alice.userId);
    expect(jsonIn(await room.ask(`${line} -o json`))).toEqual({ user_id: alice.userId });
  });

  test.each([
    ['user find-by-threepid email nobody@example.org', 'No account here has'],
    ['user find-by-threepid fax 123', 'is no medium'],
    ['user find-by-threepid email nothing', 'is no mail address'],
    ['user 3pid', 'needs `<address>`'],
    ['user find-by-auth-provider oidc-github nobody', 'No account here logs in'],
    ['user find-by-auth-provider nothing "alice/12 3"', 'No account here logs in'],
    ['user auth-provider 12', '--provider'],
  ])('%s says what is missing', async (line, why) => expect(await room.ask(line)).toContain(why));

  test('available says yes, or why not', async () => {
    expect(await room.ask('user available dora')).toContain('Yes: `@dora:');
    expect(await room.ask(`user available @dora:${server.serverName}`)).toContain('Yes');
    expect(await room.ask('user available alice')).toMatch(/^No: `@alice:.*` cannot be had\./);
    expect(await room.ask('user available Alice')).toContain('lower case');
    expect(await room.ask('user available @dora:elsewhere.test')).toContain('is not on this server');
    expect(jsonIn(await room.ask('user available alice -o json'))).toEqual({ available: false });
  });

  describe('rate-limit', () => {
    test('is shown, set, taken away and put back', async () => {
      expect(await room.ask('user rate-limit alice')).toContain("has the server's usual limit");
      expect(await room.ask('user rate-limit alice --messages-per-second 5 --burst 20')).toContain(
        "the server's usual limit → **5 messages a second, 20 at once**",
      );
      expect(await v1('override_ratelimit')).toEqual({ messages_per_second: 5, burst_count: 20 });
      expect(await room.ask('user rate-limit alice --none')).toContain('→ **no limit**');
      expect(await v1('override_ratelimit')).toEqual({ messages_per_second: 0, burst_count: 0 });
      expect(await room.ask('user rate-limit alice')).toContain('has no limit');
      expect(await room.ask('user rate-limit alice --reset')).toContain("→ **the server's usual limit**");
      expect(await v1('override_ratelimit')).toEqual({});
    });

    test.each([
      ['--burst 3', 'go together'],
      ['--messages-per-second 3', 'go together'],
      ['--messages-per-second 0 --burst 0', 'must be at least 1'],
      ['--none --reset', 'exclude each other'],
      ['--messages-per-second 1 --burst 1 --none', 'exclude each other'],
    ])('refuses %s', async (flags, why) => {
      expect(await room.ask(`user rate-limit alice ${flags}`)).toContain(why);
      expect(await v1('override_ratelimit')).toEqual({});
    });
  });

  test('counts says what was done ever, and since a time', async () => {
    const first = await alice.createRoom({ preset: 'public_chat' });
    await alice.invite(first, room.admin.userId);
    await alice.createRoom({ preset: 'public_chat' });
    const told = async (flags = '') => Object.fromEntries(bodyTable(await room.ask(`user counts alice ${flags}`)));
    expect(await told()).toMatchObject({ 'Invites sent': '1', 'Rooms joined': '2' });
    expect(await told('--since 2099-01-01')).toMatchObject({ 'Invites sent': '0', 'Rooms joined': '0' });
    expect(await room.ask('user counts alice --since 1700000000')).toContain('milliseconds');
  });

  test('account-data says what there is, and gives it with tokens masked', async () => {
    const put = (type: string, content: object) =>
      alice.request('PUT', `/_matrix/client/v3/user/${part(alice.userId)}/account_data/${type}`, content);
    await put('org.example.app', { access_token: 'syt_canary', theme: 'dark | <b>' });
    await put('org.example.big', { text: 'x'.repeat(3000) });
    const answer = await room.ask('user account-data alice --sort size');
    expect(column(answer, 'Type')[0]).toBe('org.example.big');
    expect(answer).not.toContain('dark');
    expect(column(await room.ask('user account-data alice -s type -r'), 'Type').at(-1)).not.toBe('org.example.big');
    const data = jsonIn(await room.ask('user account-data alice -s type -o json')) as {
      type: string;
      content: unknown;
    }[];
    expect(data.find(({ type }) => type === 'org.example.app')?.content).toEqual({
      access_token: '•••',
      theme: 'dark | <b>',
    });
    expect(await room.ask('user account-data alice -l 1 --page 99')).toContain('The list ends at');
  });

  test('experimental-features are shown, turned on and off, and unknown ones refused', async () => {
    const own = async () =>
      (await room.admin.admin('GET', `/v1/experimental_features/${part(alice.userId)}`)).features as Record<
        string,
        boolean
      >;
    const told = async () => Object.fromEntries(bodyTable(await room.ask('user experimental-features alice')));
    const [name = ''] = Object.keys(await own());
    expect((await told())[name]).toBe('❌ off');
    expect(await room.ask(`user experimental-features alice --enable ${name}`)).toContain('✅ on');
    expect((await own())[name]).toBe(true);
    await room.ask(`user experimental-features alice --disable ${name.toUpperCase()}`);
    expect((await own())[name]).toBe(false);
    expect(await room.ask('user experimental-features alice --enable msc0')).toContain('knows no feature `msc0`');
    expect(await room.ask(`user experimental-features alice --enable ${name} --disable ${name}`)).toContain(
      'named twice',
    );
    expect((await own())[name]).toBe(false);
  });

  test('allow-cross-signing-reset is for those who have keys', async () => {
    expect(await room.ask('user allow-cross-signing-reset alice')).toContain('has no cross-signing keys');
    await alice.request('POST', '/_matrix/client/v3/keys/device_signing/upload', {
      master_key: masterKey(alice.userId),
    });
    expect(await room.ask('user allow-cross-signing-reset alice')).toMatch(
      /^✅ .* may replace its cross-signing keys until/,
    );
    const [row] = server.queryDatabase(
      "SELECT updatable_without_uia_before_ms AS until FROM e2e_cross_signing_keys WHERE user_id = ? AND keytype = 'master'",
      alice.userId,
    );
    expect(Number(row?.until)).toBeGreaterThan(Date.now());
    expect(await room.ask('user allow-cross-signing-reset alice')).toContain('asks for the password all the same');
  });

  test.each(['counts', 'account-data', 'experimental-features', 'allow-cross-signing-reset', 'rate-limit'])(
    '%s refuses who is not there, and who is elsewhere',
    async (name) => {
      expect(await room.ask(`user ${name} nobody-there`)).toContain('There is no account');
      expect(await room.ask(`user ${name} @bob:elsewhere.test`)).toContain('lives on another server');
    },
  );
});
