import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { HttpError, type Json, loginPassword, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { testPassword } from '../homeserver/register-user.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';

const sure = '--yes-i-want-to-do-this';
const part = encodeURIComponent;

describeWithSynapse('accounts, where something comes between', () => {
  let server: Synapse;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;
  let made = 0;
  /** A fresh account for every test. */
  let name: string;
  let someone: TestClient;
  let user: string;
  /** An admin below owner. */
  let helper: TestClient;

  beforeAll(async () => {
    server = await startSynapse({ name: 'user-modify-faults' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } }, start: false });
    helper = await registerUser(server, 'helper', { admin: true });
    await room.botAccount.invite(room.roomId, helper.userId);
    await helper.join(room.roomId);
    room.configure({ roles: { [helper.userId]: 'admin', [room.admin.userId]: 'owner' } });
    await room.start();
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    made += 1;
    name = `someone-${made}`;
    someone = await registerUser(server, name);
    user = someone.userId;
  });
  afterEach(() => {
    between.handlers.length = 0;
  });
  const account = (id = user): Promise<Json> => room.admin.admin('GET', `/v2/users/${id}`);
  const put = (f: Json, id = user) => room.admin.admin('PUT', `/v2/users/${id}`, f);
  const addresses = async () => ((await account()).threepids as { address: string }[]).map((t) => t.address).sort();
  async function logsIn(password: string, as = name): Promise<boolean> {
    try {
      await loginPassword(server, as, password);
      return true;
    } catch (error) {
      if (error instanceof HttpError) return false;
      throw error;
    }
  }

  test('below owner nobody binds a mail address to an admin, by which its password could be reset', async () => {
    await put({ admin: true });
    const answer = await room.ask(`user modify ${name} -t email taken-over-${made}@example.org ${sure}`, helper);
    await put({ admin: false });
    expect(await addresses()).toEqual([]);
    expect(answer).toContain('only an owner');
  });

  test('below owner nobody brings an admin back to life', async () => {
    await put({ admin: true });
    await room.admin.admin('POST', `/v1/deactivate/${user}`, { erase: false });
    const answer = await room.ask(`user modify ${name} --activate ${sure}`, helper);
    expect(answer).toContain('only an owner');
  });

  test('nobody limits the bot, and nobody below owner an admin', async () => {
    const bot = room.botAccount.userId;
    for (const flags of ['--reset', '--messages-per-second 1 --burst 1'])
      expect(await room.ask(`user rate-limit ${bot} ${flags}`)).toContain('I never limit my own account');
    expect(await room.admin.admin('GET', `/v1/users/${part(bot)}/override_ratelimit`)).toMatchObject({
      messages_per_second: 0,
    });
    await put({ admin: true });
    const answer = await room.ask(`user rate-limit ${name} --messages-per-second 1 --burst 1`, helper);
    await put({ admin: false });
    expect(answer).toContain('only an owner');
  });

  test('an account that somebody else made since the plan to create it is left alone', async () => {
    const plan = await room.ask(`user modify fresh-${made} --create -P typed-for-it-1`);
    await registerUser(server, `fresh-${made}`);
    const answer = await room.ask(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
    expect(answer).toContain('❌');
    expect(await logsIn(testPassword, `fresh-${made}`)).toBe(true);
  });

  test('adding an address that sorts before the one there is is no failure', async () => {
    await put({ threepids: [{ medium: 'email', address: `z-${made}@example.org` }] });
    const answer = await room.askAndConfirm(`user modify ${name} -t email a-${made}@example.org`);
    expect(await addresses()).toEqual([`a-${made}@example.org`, `z-${made}@example.org`]);
    expect(answer).toContain('✅');
  });

  test('an address given twice is bound once', async () => {
    const answer = await room.askAndConfirm(
      `user modify ${name} -t email a-${made}@example.org -t email A-${made}@example.org`,
    );
    expect(await addresses()).toEqual([`a-${made}@example.org`]);
    expect(answer).toContain('✅');
  });

  test('a mail address beside a telephone number, with a made password', async () => {
    await put({ threepids: [{ medium: 'msisdn', address: `4477${made}12345` }] });
    const answer = await room.askAndConfirm(`user modify ${name} -p -t email a-${made}@example.org`);
    expect(answer).toContain('✅');
  });

  test('the plan for an expression that matches one account names it', async () => {
    expect(await room.ask(`user deactivate-regex '${name}' --dry-run`)).toContain(user);
  });

  test('with --erase, those that are deactivated already are matched as in deactivate-all', async () => {
    await room.admin.admin('POST', `/v1/deactivate/${user}`, { erase: false });
    expect(await room.askWith(`user deactivate-all --erase --dry-run`, user)).toContain('Deactivate 1 account');
    expect(await room.ask(`user deactivate-regex '${name}' --erase --dry-run`)).toContain('Deactivate 1 account');
  });

  test('a server that cannot tell calls no taken name free', async () => {
    between.handlers.push(({ path }) =>
      path.includes('/username_available')
        ? { status: 404, body: { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' } }
        : undefined,
    );
    expect(await room.ask(`user available ${name}`)).toMatch(/^No/);
  });

  test('encrypted keys and tokens in account data do not come into the room', async () => {
    const set = (t: string, c: Json) =>
      someone.request('PUT', `/_matrix/client/v3/user/${part(user)}/account_data/${t}`, c);
    await set('m.megolm_backup.v1', {
      encrypted: { abc: { iv: 'hidden-iv', ciphertext: 'hidden-cipher', mac: 'hidden-mac' } },
    });
    await set('org.example', {
      apiKey: 'hidden-api',
      url: 'https://x.test/?token=hidden-url',
      header: 'Bearer hidden-bearer',
    });
    const answer = await room.ask(`user account-data ${name} -o json`);
    expect(answer.match(/hidden-\w+/g) ?? []).toEqual([]);
  });

  test('an admin who never came in loses the invite with the power', async () => {
    await room.askAndConfirm(`user modify ${name} -a`);
    const membership = () =>
      server.queryDatabase(
        'SELECT membership FROM room_memberships WHERE room_id = ? AND user_id = ? ORDER BY event_stream_ordering DESC',
        room.roomId,
        user,
      )[0]?.membership;
    expect(membership()).toBe('invite');
    await room.askAndConfirm(`user modify ${name} -u`);
    expect(membership()).toBe('leave');
  });

  test('where the server stops half-way, what took and what did not is said', async () => {
    between.handlers.push(async ({ method, path }) => {
      if (method !== 'PUT' || !path.includes('/v2/users/')) return undefined;
      await put({ displayname: 'Half' });
      return { status: 400, body: { errcode: 'M_UNKNOWN', error: 'Enough for today' } };
    });
    const answer = await room.askAndConfirm(`user modify ${name} -n Half --lock`);
    expect(answer).toContain('Not done: locked.');
    expect(answer).toContain('Enough for today');
    expect(answer).toMatch(/Changed .*display name: .* → \*\*Half\*\*/);
    expect(await account()).toMatchObject({ displayname: 'Half', locked: false });
  });

  test('a yes of the server that nothing came of is not believed, and a made password that was set is handed over', async () => {
    between.handlers.push(async ({ method, path, body }) => {
      if (method !== 'PUT' || !path.includes('/v2/users/')) return undefined;
      const { locked: _, ...fields } = JSON.parse(body);
      return { status: 200, body: await put(fields) };
    });
    const answer = await room.askAndConfirm(`user modify ${name} -p --lock`);
    expect(answer).toContain('Not done: locked');
    expect(answer).toContain('did not do it');
    expect(answer).toContain('The secret is in a direct message');
    expect(await logsIn(testPassword)).toBe(false);
  });

  test('a lost answer with a password says that it may have been set, and hands none out', async () => {
    between.handlers.push(({ method, path }) => (method === 'PUT' && path.includes('/v2/users/') ? 'lose' : undefined));
    const answer = await room.askAndConfirm(`user modify ${name} -p -n Named`);
    expect(answer).toContain('may have been set, or not');
    expect(answer).toContain('**Named**');
    expect(answer).not.toContain('direct message');
  });

  test('an account that was made without an answer gets its password', async () => {
    let pending = true;
    between.handlers.push(({ method, path }) => {
      if (!pending || method !== 'PUT' || !path.includes('/v2/users/')) return undefined;
      pending = false;
      return 'lose';
    });
    const answer = await room.askAndConfirm(`user modify lost-${made} --create -P lost-and-found-1 --user-type bot`);
    expect(answer).toMatch(/✅|⚠️/);
    expect(await account(`@lost-${made}:${server.serverName}`)).toMatchObject({ user_type: 'bot' });
    expect(await logsIn('lost-and-found-1', `lost-${made}`)).toBe(true);
  });

  test.each(['before', 'after'])('a kill %s the server set a made password ends with one that works', async (when) => {
    const killed = Promise.withResolvers<void>();
    between.handlers.push(async ({ method, path, body }) => {
      if (method !== 'PUT' || !path.includes('/v2/users/')) return undefined;
      if (when === 'after') await room.admin.request('PUT', path, JSON.parse(body));
      await room.bot().kill();
      killed.resolve();
      return 'reset';
    });
    const plan = await room.ask(`user modify ${name} -p -n Back`);
    const yes = await room.admin.send(room.roomId, `!admin confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
    await killed.promise;
    between.handlers.length = 0;
    await room.start();
    const answer = String((await room.answerTo(yes)).content.body);
    expect(answer).toContain('✅');
    expect(answer).toContain('The secret is in a direct message');
    expect(await account()).toMatchObject({ displayname: 'Back' });
    expect(await logsIn(testPassword)).toBe(false);
  });

  test('reactivation waits for a yes for an admin, and says what comes back and what does not', async () => {
    await put({ admin: true, locked: true });
    await room.admin.admin('POST', `/v1/deactivate/${user}`, { erase: true });
    const answer = await room.askAndConfirm(`user reactivate ${name}`);
    await put({ admin: false });
    expect(answer).toContain('It is a **server admin** again');
    expect(answer).toContain('It is still locked');
    expect(answer).toContain('can be read again by those who join later');
  });

  test('giving up your own power comes with a warning', async () => {
    const plan = await room.ask(`user modify ${room.admin.userId} -u --dry-run`);
    expect(plan).toContain('could not command me');
  });
});
