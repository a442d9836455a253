import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, loginPassword, registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { testPassword } from '../homeserver/register-user.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { runJob } from './run-job.ts';
import { fromStore } from './store-file.ts';

describeWithSynapse('accounts are made', () => {
  let server: Synapse;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'user-create' });
    room = await openAdminRoom(server, { config: { clientUrl: 'https://chat.example.org' } });
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  const idOf = (localpart: string) => `@${localpart}:${server.serverName}`;
  const account = (localpart: string): Promise<Json> => room.admin.admin('GET', `/v2/users/${idOf(localpart)}`);
  const exists = (localpart: string) =>
    server.queryDatabase('SELECT 1 FROM users WHERE name = ?', idOf(localpart)).length === 1;
  const howMany = () => server.queryDatabase('SELECT count(*) AS count FROM users')[0]?.count;
  const addressesOf = async (localpart: string) =>
    ((await account(localpart)).threepids as Json[]).map(({ medium, address }) => `${medium} ${address}`).sort();
  const membership = (localpart: string) =>
    server.queryDatabase(
      'SELECT membership FROM room_memberships WHERE room_id = ? AND user_id = ? ORDER BY event_stream_ordering DESC',
      room.roomId,
      idOf(localpart),
    )[0]?.membership;

  /** What the bot has handed out in direct messages, message by message: passwords by user id. */
  async function handedOut(): Promise<ReadonlyMap<string, string>[]> {
    const sql = 'SELECT value FROM value WHERE name = ?';
    const directRoom = String(fromStore(room.dataDir, sql, `direct-room:${room.admin.userId}`)[0]?.value);
    await room.admin.join(directRoom);
    const events = await room.admin.messages(directRoom);
    return events
      .filter(({ type, sender }) => type === 'm.room.message' && sender === room.botAccount.userId)
      .map((event) => {
        const pairs = bodyOf(event).matchAll(/`(@[^`]+)`:\s+`+\n?([a-zA-Z2-9]{25})\n?`/g);
        return new Map([...pairs].map(([, userId = '', password = '']) => [userId, password]));
      });
  }
  const lastHandedOut = async () => (await handedOut()).at(-1) ?? new Map<string, string>();

  describe('create-user', () => {
    test('makes an ordinary account with a password of its own, and says its id and where to log in', async () => {
      const answer = await room.ask('user create-user ada');
      expect(answer).toContain(`Created \`${idOf('ada')}\``);
      expect(answer).toContain('https://chat.example.org');
      expect(answer).toContain('direct message');
      expect(await account('ada')).toMatchObject({ admin: false, deactivated: false, displayname: 'ada' });
      const password = (await lastHandedOut()).get(idOf('ada')) ?? '';
      expect(password).toHaveLength(25);
      expect(answer).not.toContain(password);
      await loginPassword(server, 'ada', password);
    });

    test.each([
      ['create-user', 'by-flat-name'],
      ['user create', 'by-alias'],
      ['users create_user', 'by-plural'],
      ['User Create-User', 'by-capitals'],
    ])('goes by `%s` too', async (name, localpart) => {
      expect(await room.ask(`${name} ${localpart} typed-by-hand-1`)).toContain(`Created \`${idOf(localpart)}\``);
      expect(exists(localpart)).toBe(true);
    });

    test('takes a typed password, as it was typed', async () => {
      const answer = await room.ask('create-user typed "two words \\" and “more”"');
      expect(answer).toContain('Created');
      expect(answer).not.toContain('direct message');
      expect(answer).toContain('I am removing it');
      await loginPassword(server, 'typed', 'two words " and “more”');
    });

    test('takes a whole user id', async () => {
      expect(await room.ask(`create-user ${idOf('whole')} typed-by-hand-2`)).toContain(`Created \`${idOf('whole')}\``);
      expect(exists('whole')).toBe(true);
    });

    test('sets the display name and every mail address', async () => {
      await room.ask(
        'create-user named typed-by-hand-3 --display-name "Bob | *Miller*" --email One@Example.org --email two@example.org',
      );
      expect(await account('named')).toMatchObject({ displayname: 'Bob | *Miller*' });
      expect(await addressesOf('named')).toEqual(['email one@example.org', 'email two@example.org']);
    });

    test('takes a mail address from nobody', async () => {
      await room.ask('create-user owner typed-by-hand-4 --email mine@example.org');
      const answer = await room.ask('create-user thief typed-by-hand-5 --email Mine@example.org');
      expect(answer).toContain(`belongs to \`${idOf('owner')}\``);
      expect(exists('thief')).toBe(false);
      expect(await addressesOf('owner')).toEqual(['email mine@example.org']);
    });

    test.each([
      ['a mail address that is none', '--email nonsense', 'is no mail address'],
      ['a display name that is too long', `--display-name ${'x'.repeat(257)}`, '257 characters'],
      ['both --admin and --no-admin', '--admin --no-admin', 'exclude each other'],
      ['a word too many', 'one two', '1 word too many'],
      ['an unknown flag', '--superuser', '--superuser'],
    ])('refuses %s, and makes nothing', async (_, rest, words) => {
      const answer = await room.ask(`create-user refused ${rest}`);
      expect(answer).toContain(words);
      expect(exists('refused')).toBe(false);
    });

    test('refuses an account that exists, and changes nothing of it', async () => {
      await registerUser(server, 'there');
      await room.admin.admin('PUT', `/v2/users/${idOf('there')}`, { displayname: 'There Already', locked: false });
      const before = await account('there');
      for (const rest of ['', 'other-password', '--admin', '--admin --yes-i-want-to-do-this', '--display-name New']) {
        const answer = await room.ask(`create-user there ${rest}`);
        expect(answer).toContain(`\`${idOf('there')}\` exists already; nothing was changed`);
        expect(answer).toContain('reset-password');
      }
      expect(await account('there')).toEqual(before);
      await loginPassword(server, 'there', testPassword);
    });

    test('refuses the name of an account that was deactivated', async () => {
      await registerUser(server, 'gone');
      await room.admin.admin('POST', `/v1/deactivate/${idOf('gone')}`, { erase: false });
      expect(await room.ask('create-user gone')).toContain('exists already');
      expect(await account('gone')).toMatchObject({ deactivated: true });
    });

    test.each([
      ['Anna', 'lower case'],
      ['jürgen', 'is no username'],
      ['"anna maria"', 'is no username'],
      ['anna!', 'is no username'],
      ['anna@example.org', 'is no username'],
      ['@anna:elsewhere.test', 'is not on this server'],
      ['""', 'is no username'],
      ['x'.repeat(250), 'longer than 255 bytes'],
      ['an\u200Bna', 'U+200B'],
      ['_anna', 'may not begin with _'],
      ['1234', 'reserved for guest'],
    ])('refuses the name %s, and says why', async (name, words) => {
      const before = howMany();
      expect(await room.ask(`create-user ${name}`)).toContain(words);
      expect(howMany()).toBe(before);
    });

    test('--admin shows its plan first, then makes an admin and invites her to the room', async () => {
      const plan = await room.ask('create-user boss typed-by-hand-6 --admin');
      expect(plan).toContain(`Create \`${idOf('boss')}\` as a server admin`);
      expect(plan).toContain('can read, change and remove every account');
      expect(plan).not.toContain('typed-by-hand-6');
      expect(exists('boss')).toBe(false);
      const answer = await room.ask(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
      expect(answer).toContain(`Created \`${idOf('boss')}\``);
      expect(answer).toContain('invited to this room');
      expect(await account('boss')).toMatchObject({ admin: true });
      expect(membership('boss')).toBe('invite');
      await loginPassword(server, 'boss', 'typed-by-hand-6');
    });

    test('an ordinary account is neither made admin nor invited', async () => {
      await room.ask('create-user plain typed-by-hand-7');
      await room.ask('create-user plainer typed-by-hand-8 --no-admin');
      expect(await account('plain')).toMatchObject({ admin: false });
      expect(await account('plainer')).toMatchObject({ admin: false });
      expect(membership('plain')).toBeUndefined();
    });
  });

  describe('create-list', () => {
    const list = (...lines: string[]) => lines.join('\n');

    test('makes the accounts with their names and passwords, and leaves those that exist as they are', async () => {
      await registerUser(server, 'lisa');
      const before = await account('lisa');
      const body = list(
        'Username,Password,Display Name',
        'lena,,"Lena ""L"" Olsen, Oslo"',
        'lisa,other-password,Somebody Else',
        '# a remark',
        '',
        `${idOf('lars')},typed-for-lars`,
        'lia',
      );
      const plan = await room.askWith('user create-list', body);
      expect(plan).toContain('Create 3 accounts');
      expect(plan).toContain('Lena "L" Olsen, Oslo');
      expect(plan).toContain(`\`${idOf('lisa')}\`: exists already`);
      expect(plan).toContain('direct messages');
      expect(plan).not.toContain('typed-for-lars');
      expect(exists('lena')).toBe(false);

      const end = await runJob(room, 'user create-list', body);
      expect(bodyOf(end)).toContain('Creating 3 accounts: 3 of 3 done');
      expect(end.content['m.mentions']).toEqual({ user_ids: [room.admin.userId] });
      expect(await account('lena')).toMatchObject({ displayname: 'Lena "L" Olsen, Oslo', admin: false });
      expect(await account('lisa')).toEqual(before);
      await loginPassword(server, 'lisa', testPassword);
      await loginPassword(server, 'lars', 'typed-for-lars');
      const made = await lastHandedOut();
      expect([...made.keys()].sort()).toEqual([idOf('lena'), idOf('lia')]);
      for (const [userId, password] of made) await loginPassword(server, userId, password);
    });

    test('makes 120 accounts, and hands out their passwords in messages of at most 50', async () => {
      const names = Array.from({ length: 120 }, (_, at) => `many-${at}`);
      const before = (await handedOut()).length;
      const end = await runJob(room, 'user create-list', list(...names));
      expect(bodyOf(end)).toContain('120 of 120 done');
      const messages = (await handedOut()).slice(before);
      expect(messages.map(({ size }) => size)).toEqual([50, 50, 20]);
      const made = new Map(messages.flatMap((message) => [...message]));
      expect([...made.keys()].sort()).toEqual(names.map(idOf).sort());
      expect(new Set(made.values()).size).toBe(120);
      for (const name of ['many-0', 'many-49', 'many-50', 'many-119']) {
        await loginPassword(server, name, made.get(idOf(name)) ?? '');
      }
    });

    test('says how many lines were repeated, and makes each account once', async () => {
      const body = list('twin,typed-for-twin', 'twin,typed-for-twin', 'twin,typed-for-twin');
      expect(await room.askWith('user create-list', body)).toContain('2 repeated lines were dropped');
      const end = await runJob(room, 'user create-list', body);
      expect(bodyOf(end)).toContain(': done.');
    });

    test.each([
      ['a name that is none', 'Bad Name', 'line 2'],
      ['one name with two passwords', 'fine,other', 'line 2'],
      ['an account of another server', '@bad:elsewhere.test', 'line 2'],
      ['too many values', 'bad,one,two,three', '4 values'],
      ['a quote that does not close', 'bad,"one', 'quotes do not match'],
      ['no name', ',password', 'no username'],
      ['a display name that is too long', `bad,,${'x'.repeat(257)}`, '257 characters'],
    ])('makes nothing where a line has %s, unless told to skip it', async (_, line, words) => {
      const before = howMany();
      const body = list('fine,typed-for-fine', line);
      const refusal = await room.askWith('user create-list', body);
      expect(refusal).toContain('nothing was done');
      expect(refusal).toContain(words);
      expect(refusal).toContain('line 2');
      expect(refusal).not.toContain('typed-for-fine');
      const plan = await room.askWith('user create-list --skip-invalid', body);
      expect(plan).toContain('Create 1 account');
      expect(plan).toContain('line 2');
      expect(howMany()).toBe(before);
    });

    test('shows in its plan which names the server would refuse, in its words', async () => {
      const plan = await room.askWith('user create-list', list('_bridge', '4711', 'welcome'));
      expect(plan).toContain('Create 1 account');
      expect(plan).toMatch(/_bridge.*may not begin with _/);
      expect(plan).toMatch(/4711.*reserved for guest/);
    });

    test('has nothing to do where all accounts exist, and says so', async () => {
      await registerUser(server, 'old-hand');
      const answer = await room.askWith('user create-list', 'old-hand');
      expect(answer).toContain('nothing to do');
      expect(answer).toContain('exists already');
    });

    test('needs its list', async () => {
      expect(await room.ask('user create-list')).toContain('needs a block');
    });

    test('keeps off an account that was made by somebody else after the plan was shown', async () => {
      const plan = await room.askWith('user create-list', list('rival', 'calm'));
      await registerUser(server, 'rival');
      const yes = await room.ask(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
      const id = /job cancel ([a-z0-9]+)/.exec(yes)?.[1];
      const end = await room.admin.waitForEvent(room.roomId, ({ content }) => content['dev.castellan.job'] === id);
      expect(bodyOf(end)).toContain('1 of 2 done, 1 skipped');
      expect(bodyOf(end)).toContain(idOf('rival'));
      await loginPassword(server, 'rival', testPassword);
      expect([...(await lastHandedOut()).keys()]).toEqual([idOf('calm')]);
    });

    test('gives its plan as JSON with -o json', async () => {
      const answer = await room.askWith('user create-list -o json', list('jason,,Jason', 'old-hand'));
      const { plan } = jsonIn<{ plan: { targets: Json[]; skipped: Json[]; code: string } }>(answer);
      expect(plan.targets).toEqual([{ id: idOf('jason'), note: 'Jason' }]);
      expect(plan.skipped).toEqual([{ id: idOf('old-hand'), why: 'exists already' }]);
      await room.ask(`confirm ${plan.code}`);
      await room.ask('server version');
      await room.admin.waitForEvent(
        room.roomId,
        ({ content }) => 'dev.castellan.job' in content && String(content.body).includes(': done.'),
      );
      expect(await account('jason')).toMatchObject({ displayname: 'Jason' });
    });
  });

  test('while the bot is the only admin, the next account is made one and invited, unless told not to', async () => {
    await room.bot().stop();
    room.configure({ admins: [room.admin.userId] });
    const { users } = await room.botAccount.admin('GET', '/v2/users?admins=true&limit=1000');
    for (const { name } of users as Json[]) {
      if (name === room.botAccount.userId) continue;
      await room.botAccount.admin('PUT', `/v1/users/${name}/admin`, { admin: false });
    }
    // An admin who can do nothing counts as none.
    await registerUser(server, 'shut-out', { admin: true });
    await room.botAccount.admin('PUT', `/v2/users/${idOf('shut-out')}`, { locked: true });
    await room.start();
    const isAdmin = async (localpart: string) =>
      (await room.botAccount.admin('GET', `/v2/users/${idOf(localpart)}`)).admin;

    const declined = await room.ask('create-user declined typed-by-hand-9 --no-admin');
    expect(declined).not.toContain('admin**');
    expect(await isAdmin('declined')).toBe(false);

    const first = await room.ask('create-user first typed-by-hand-10');
    expect(first).toMatch(/made a \*\*server admin\*\*, since the server had none but the bot/);
    expect(first).toContain('invited to this room');
    expect(await isAdmin('first')).toBe(true);
    expect(membership('first')).toBe('invite');

    const second = await room.ask('create-user second typed-by-hand-11');
    expect(second).not.toContain('server admin');
    expect(await isAdmin('second')).toBe(false);
  });
});
