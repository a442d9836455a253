import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secretsInFiles } from '../crash/secret-scan.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { bodyTable, column } from './tables.ts';

interface OwnToken {
  readonly token: string;
  readonly uses_allowed: number | null;
  readonly pending: number;
  readonly completed: number;
  readonly expiry_time: number | null;
}

const day = 24 * 60 * 60_000;

describeWithSynapse('the registration token commands', () => {
  let server: Synapse;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({
      config: {
        enable_registration: true,
        registration_requires_token: true,
        rc_registration: { per_second: 1000, burst_count: 1000 },
      },
    });
    room = await openAdminRoom(server);
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  const own = async (): Promise<readonly OwnToken[]> =>
    (await room.admin.request<{ registration_tokens: OwnToken[] }>('GET', '/_synapse/admin/v1/registration_tokens'))
      .registration_tokens;
  const ownOf = async (token: string) => (await own()).find((one) => one.token === token);

  /** The tokens of the newest direct message. */
  async function delivered(line: string): Promise<{ readonly answer: string; readonly tokens: readonly string[] }> {
    const before = new Set((await own()).map(({ token }) => token));
    const answer = await room.ask(line);
    expect(answer).toMatch(/^✅ Made /);
    expect(answer).toContain('🔑 The secret is in a direct message.');
    const fresh = (await own()).map(({ token }) => token).filter((token) => !before.has(token));
    const sent = await secretsSent();
    expect(fresh.filter((token) => !sent.includes(token))).toEqual([]);
    return { answer, tokens: fresh };
  }

  async function secretsSent(): Promise<string> {
    const rooms = (await room.admin.request('GET', '/_matrix/client/v3/sync?timeout=0')) as {
      rooms?: { invite?: Record<string, unknown> };
    };
    for (const invited of Object.keys(rooms.rooms?.invite ?? {})) await room.admin.join(invited);
    const joined = (await room.admin.request('GET', '/_matrix/client/v3/joined_rooms')) as { joined_rooms: string[] };
    const others = joined.joined_rooms.filter((id) => id !== room.roomId);
    const all = await Promise.all(others.map((id) => room.admin.messages(id)));
    return JSON.stringify(all);
  }

  /** Registers through the client API with a token; the status of the last answer. */
  async function register(username: string, token: string): Promise<number> {
    const post = (body: object) =>
      fetch(`${server.url}/_matrix/client/v3/register`, { method: 'POST', body: JSON.stringify(body) });
    const first = (await (await post({ username, password: 'a long password' })).json()) as { session: string };
    const auth = { type: 'm.login.registration_token', token, session: first.session };
    const second = await post({ username, password: 'a long password', auth });
    if (second.status === 200) return 200;
    const left = (await second.json()) as { completed?: string[] };
    if (left.completed?.includes('m.login.registration_token') !== true) return second.status;
    const dummy = { type: 'm.login.dummy', session: first.session };
    return (await post({ username, password: 'a long password', auth: dummy })).status;
  }

  test('list says that there are none', async () => {
    expect(await room.ask('token list')).toBe('0 registration tokens.\n\nNone.');
  });

  describe('create', () => {
    test('makes a token that makes one account, and is then used up', async () => {
      const { answer, tokens } = await delivered('token create --uses 1 --max-age 2d');
      const [token = ''] = tokens;
      expect(token).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{15}$/);
      expect(answer).toMatch(new RegExp(`\`${token.slice(0, 4)}…\`, for 1 account, until .*\\(in 2 days\\)`));
      expect(answer).not.toContain(token);
      const made = await ownOf(token);
      expect(made).toMatchObject({ uses_allowed: 1, completed: 0 });
      expect(Math.abs((made?.expiry_time ?? 0) - Date.now() - 2 * day)).toBeLessThan(day);
      expect(await register('first', token)).toBe(200);
      expect(await register('second', token)).not.toBe(200);
      expect(Object.fromEntries(bodyTable(await room.ask(`token details ${token.slice(0, 6)}`)))).toMatchObject({
        State: 'used up',
        'Accounts made': '1 of 1',
      });
    });

    test.each(['token new', 'token issue', 'regtok new', 'tokens create'])('is found as %j too', async (line) => {
      const { tokens } = await delivered(`${line} -u 2 -l 30`);
      expect(tokens).toHaveLength(1);
      expect(tokens[0]).toHaveLength(30);
      expect(await ownOf(tokens[0] ?? '')).toMatchObject({ uses_allowed: 2, expiry_time: null });
    });

    test('takes an absolute end', async () => {
      const { tokens } = await delivered('token create --expires 2099-01-31T12:00Z');
      expect(await ownOf(tokens[0] ?? '')).toMatchObject({
        uses_allowed: null,
        expiry_time: Date.UTC(2099, 0, 31, 12),
      });
    });

    test('takes a token of your own, removes the message with it, and repeats it nowhere', async () => {
      const eventId = await room.admin.send(room.roomId, '!admin token create --token my-own.token_1~ --uses 3');
      const answer = bodyOf(await room.answerTo(eventId));
      expect(answer).toContain('Made the registration token `my-o…`, for 3 accounts, without end.');
      expect(answer).toContain('🔒 Your message held a secret');
      expect(await ownOf('my-own.token_1~')).toMatchObject({ uses_allowed: 3 });
      expect(await register('third', 'my-own.token_1~')).toBe(200);
      await room.admin.waitForEvent(room.roomId, (event) => event.type === 'm.room.redaction');
      expect(JSON.stringify(await room.admin.messages(room.roomId))).not.toContain('my-own.token_1~');
    });

    test.each([
      ['--token my-own.token_1~', 'exists already; nothing was changed'],
      ['--token "with spaces"', 'has at most 64 characters'],
      [`--token ${'x'.repeat(65)}`, 'has at most 64 characters'],
      ['--length 7', '`--length` must be at least 8'],
      ['--length 65', 'must be at most 64'],
      ['--uses 0', 'must be at least 1'],
      ['--uses -1', '❌'],
      ['--max-age 0s', 'must be longer than nothing'],
      ['--max-age 5', '❌'],
      ['--expires 2020-01-01', '`--expires` is over already'],
      ['--expires 1893456000', '❌'],
      ['--max-age 5d --expires 2099-01-01', 'exclude each other'],
    ])('refuses %s, and makes nothing', async (flags, why) => {
      const before = await own();
      expect(await room.ask(`token create ${flags}`)).toContain(why);
      expect(await own()).toEqual(before);
    });
  });

  describe('issue-many', () => {
    test('delivers twenty single-use tokens of seven days as secrets', async () => {
      const { answer, tokens } = await delivered('token issue-many 20');
      expect(answer).toContain('Made 20 registration tokens, each for one account and seven days.');
      expect(new Set(tokens).size).toBe(20);
      // One that began with a dash would be read as a flag.
      expect(tokens.filter((token) => /^[-_]/.test(token))).toEqual([]);
      for (const token of tokens) {
        const made = await ownOf(token);
        expect(made?.uses_allowed).toBe(1);
        expect(Math.abs((made?.expiry_time ?? 0) - Date.now() - 7 * day)).toBeLessThan(day);
      }
      expect(JSON.stringify(await room.admin.messages(room.roomId))).not.toContain(tokens[7]);
      expect(await register('fourth', tokens[19] ?? '')).toBe(200);
    });

    test('makes one unless told, and no more than 99', async () => {
      expect((await delivered('token issue-many')).tokens).toHaveLength(1);
      expect(await room.ask('token issue-many 100')).toContain('must be at most 99');
      expect(await room.ask('token issue-many 0')).toContain('must be at least 1');
    });
  });

  describe('list', () => {
    test('shows how each begins and how far it is used, whole ones to nobody', async () => {
      const answer = await room.ask('token list --all');
      const all = await own();
      expect(column(answer, 'Token')).toEqual(all.map(({ token }) => `${token.slice(0, 4)}…`).toSorted());
      for (const { token } of all) expect(answer).not.toContain(token);
      const data = await room.ask('regtok list --all -o json');
      for (const { token } of all) expect(data).not.toContain(token);
    });

    test('--valid and --invalid part them', async () => {
      const valid = column(await room.ask('token list -v --all'), 'Token');
      const invalid = await room.ask('token list --invalid --all');
      expect(valid.length + column(invalid, 'Token').length).toBe((await own()).length);
      expect(new Set(column(invalid, 'State'))).toEqual(new Set(['used up']));
      expect(await room.ask('token list -v -i')).toContain('exclude each other');
    });

    test('is paged, sorted and turned round', async () => {
      const all = column(await room.ask('token list --all'), 'Token');
      expect(column(await room.ask('token list -l 2 --page 2'), 'Token')).toEqual(all.slice(2, 4));
      expect(column(await room.ask('token list --all -r'), 'Token')).toEqual(all.toReversed());
      expect(column(await room.ask('token list --all -s uses'), 'Accounts')[0]).toMatch(/^1 of/);
      expect(column(await room.ask('token list --all -s expires'), 'Expires').at(-1)).toBe('never');
      expect(await room.ask('token list -l 0')).toContain('must be at least 1');
    });
  });

  describe('update', () => {
    test('changes what is given and leaves the rest, then says old and new', async () => {
      const [token = ''] = (await delivered('token create --uses 5 --max-age 1d')).tokens;
      const begins = token.slice(0, 8);
      expect(await room.ask(`token update ${begins} --uses 9`)).toContain('accounts 0 of 5 → 0 of 9');
      expect(await ownOf(token)).toMatchObject({ uses_allowed: 9, expiry_time: expect.any(Number) });
      expect(await room.ask(`token update ${begins} --no-expiry`)).toContain('→ never');
      expect(await ownOf(token)).toMatchObject({ uses_allowed: 9, expiry_time: null });
      await room.ask(`regtok update ${begins} --unlimited --expires 2099-01-01`);
      expect(await ownOf(token)).toMatchObject({ uses_allowed: null, expiry_time: Date.UTC(2099, 0, 1) });
      await room.ask(`token update ${begins} --max-age 3d`);
      expect((await ownOf(token))?.expiry_time).toBeLessThan(Date.now() + 4 * day);
    });

    test.each([
      ['', 'Nothing to change'],
      ['--uses 3 --unlimited', 'exclude each other'],
      ['--no-expiry --max-age 3d', 'exclude each other'],
      ['--expires 2001-01-01', 'is over already'],
    ])('refuses %j', async (flags, why) => {
      const before = await own();
      expect(await room.ask(`token update my-own ${flags}`)).toContain(why);
      expect(await own()).toEqual(before);
    });
  });

  describe('delete', () => {
    test('removes a token, so that nobody can use it', async () => {
      const [token = ''] = (await delivered('token create')).tokens;
      expect(await room.ask(`token delete ${token.slice(0, 9)}`)).toMatch(/^✅ Deleted the registration token `....…`/);
      expect(await ownOf(token)).toBeUndefined();
      expect(await register('fifth', token)).not.toBe(200);
      expect(await room.ask(`regtok delete ${token.slice(0, 9)}`)).toContain('There is no such registration token.');
    });
  });

  test.each(['details', 'show', 'update --uses 2', 'delete'])(
    '%s wants a beginning that only one token has, and repeats none',
    async (line) => {
      await room.ask('token create --token twin-one');
      await room.ask('token create --token twin-two');
      const before = await own();
      expect(await room.ask(`token ${line} twin`)).toContain('2 registration tokens begin so');
      expect(await room.ask(`token ${line} nobody-has-this`)).not.toContain('nobody-has-this');
      expect(await own()).toEqual(before);
      expect(jsonIn(await room.ask('token details twin-one -o json'))).toMatchObject({ token: 'twin…' });
    },
  );

  test('no token stands in a file of the bot or in what it wrote', async () => {
    const tokens = ['my-own.token_1~', 'twin-one', ...(await own()).map(({ token }) => token)];
    expect(secretsInFiles(room.dataDir, tokens)).toEqual([]);
    for (const token of tokens) expect(room.bot().output()).not.toContain(token);
  });
});
