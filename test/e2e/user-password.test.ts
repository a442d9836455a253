import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HttpError, loginPassword, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { testPassword } from '../homeserver/register-user.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { fromStore } from './store-file.ts';

describeWithSynapse('reset-password', () => {
  let server: Synapse;
  let room: AdminRoom;
  let made = 0;
  /** A fresh account, logged in, for every test. */
  let name: string;
  let session: TestClient;

  beforeAll(async () => {
    server = await startSynapse({ name: 'user-password' });
    room = await openAdminRoom(server);
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    made += 1;
    name = `someone-${made}`;
    session = await registerUser(server, name);
  });

  const codeIn = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
  const logsIn = async (password: string, who = name) => {
    try {
      await loginPassword(server, who, password);
      return true;
    } catch (error) {
      if (error instanceof HttpError && error.status === 403) return false;
      throw error;
    }
  };
  /** Whether an access token still works. */
  async function isAlive(client: TestClient): Promise<boolean> {
    try {
      await client.request('GET', '/_matrix/client/v3/account/whoami');
      return true;
    } catch (error) {
      if (error instanceof HttpError && error.errcode === 'M_UNKNOWN_TOKEN') return false;
      throw error;
    }
  }
  async function lastHandedOut(): Promise<string> {
    const sql = 'SELECT value FROM value WHERE name = ?';
    const directRoom = String(fromStore(room.dataDir, sql, `direct-room:${room.admin.userId}`)[0]?.value);
    await room.admin.join(directRoom);
    const event = (await room.admin.messages(directRoom)).findLast(({ type }) => type === 'm.room.message');
    return /\b[a-zA-Z2-9]{25}\b/.exec(event === undefined ? '' : bodyOf(event))?.[0] ?? '';
  }

  test('sets a password of its own making, and ends the sessions', async () => {
    const answer = await room.ask(`user reset-password ${name}`);
    expect(answer).toContain(`Set a new password for \`${session.userId}\``);
    expect(answer).toContain('sessions were ended');
    expect(answer).toContain('direct message');
    expect(await isAlive(session)).toBe(false);
    expect(await logsIn(testPassword)).toBe(false);
    const password = await lastHandedOut();
    expect(answer).not.toContain(password);
    expect(await logsIn(password)).toBe(true);
  });

  test.each([
    ['reset-password NAME typed-1', 'typed-1'],
    ['user password NAME typed-2', 'typed-2'],
    ['user reset-password NAME -p typed-3', 'typed-3'],
    ['user reset-password --password typed-4 NAME', 'typed-4'],
    ['user reset-password NAME --password=typed-5', 'typed-5'],
    ['user reset-password NAME -- -typed-6', '-typed-6'],
    ['user reset-password @NAME "typed 7"', 'typed 7'],
  ])('takes a typed one: %s', async (line, password) => {
    const answer = await room.ask(line.replace('NAME', name));
    expect(answer).toContain('Set a new password');
    expect(answer).toContain('I am removing it');
    expect(answer).not.toContain('direct message');
    expect(await logsIn(password)).toBe(true);
    expect(await isAlive(session)).toBe(false);
  });

  test.each(['-n', '--no-logout', '—no-logout'])('with %s the sessions go on', async (flag) => {
    expect(await room.ask(`reset-password ${name} typed-on ${flag}`)).toContain('Its sessions go on');
    expect(await logsIn('typed-on')).toBe(true);
    expect(await isAlive(session)).toBe(true);
  });

  test('a password given twice is refused', async () => {
    expect(await room.ask(`reset-password ${name} one -p two`)).toContain('given twice');
    expect(await logsIn(testPassword)).toBe(true);
    expect(await isAlive(session)).toBe(true);
  });

  test.each([
    ['an unknown account', 'nobody-here', 'There is no account `@nobody-here:castellan.test`'],
    ['a user of another server', '@alice:elsewhere.test', 'lives on another server'],
    ['a name that cannot be one', 'Nobody!', 'is no user'],
  ])('%s is refused, and none is made', async (_, who, words) => {
    const count = () => server.queryDatabase('SELECT count(*) AS count FROM users')[0]?.count;
    const before = count();
    expect(await room.ask(`reset-password ${who} typed-for-none`)).toContain(words);
    expect(count()).toBe(before);
  });

  test('a deactivated account is refused, and gets no password', async () => {
    await room.admin.admin('POST', `/v1/deactivate/${session.userId}`, { erase: false });
    const answer = await room.ask(`reset-password ${name} typed-for-gone`);
    expect(answer).toContain('is deactivated');
    expect(server.queryDatabase('SELECT password_hash FROM users WHERE name = ?', session.userId)).toEqual([
      { password_hash: null },
    ]);
  });

  test('for an admin the plan is shown first', async () => {
    const other = await registerUser(server, `admin-${made}`, { admin: true });
    const plan = await room.ask(`reset-password ${other.userId} typed-for-admin`);
    expect(plan).toContain(`Set a new password for \`${other.userId}\``);
    expect(plan).toContain('**server admin**');
    expect(plan).toContain('All its sessions end');
    expect(plan).not.toContain('typed-for-admin');
    expect(await logsIn(testPassword, other.userId)).toBe(true);
    expect(await isAlive(other)).toBe(true);
    expect(await room.ask(`confirm ${codeIn(plan)}`)).toContain('sessions were ended');
    expect(await logsIn('typed-for-admin', other.userId)).toBe(true);
    expect(await isAlive(other)).toBe(false);
  });

  test('nobody is locked out by a password that was made for herself', async () => {
    const answer = await room.ask(`reset-password ${room.admin.userId}`);
    expect(answer).toContain('log you out everywhere');
    expect(answer).toContain('--no-logout');
    expect(await isAlive(room.admin)).toBe(true);
    const plan = await room.ask(`reset-password ${room.admin.userId} --no-logout`);
    expect(plan).toContain('**yourself**');
    expect(await room.ask(`confirm ${codeIn(plan)}`)).toContain('Its sessions go on');
    expect(await isAlive(room.admin)).toBe(true);
    expect(await logsIn(await lastHandedOut(), room.admin.userId)).toBe(true);
  });

  test("the bot's own password is never set", async () => {
    const answer = await room.ask(`reset-password ${room.botAccount.userId} typed-for-bot --yes-i-want-to-do-this`);
    expect(answer).toContain('is me. I never reset the password of my own account');
    expect(await logsIn(testPassword, room.botAccount.userId)).toBe(true);
  });

  test('a dry run sets nothing', async () => {
    expect(await room.ask(`reset-password ${name} typed-dry --dry-run`)).toContain('Dry run');
    expect(await logsIn(testPassword)).toBe(true);
    expect(await isAlive(session)).toBe(true);
  });
});
