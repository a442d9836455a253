import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { secretsInFiles } from '../crash/secret-scan.ts';
import { backgroundUpdatesDone } from '../homeserver/background-updates.ts';
import { loginPassword, registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { testPassword } from '../homeserver/register-user.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { fromStore } from './store-file.ts';

const part = encodeURIComponent;

describeWithSynapse('changing accounts', () => {
  let server: Synapse;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;
  let made = 0;
  /** A fresh account for every test. */
  let name: string;
  let user: string;

  beforeAll(async () => {
    server = await startSynapse();
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } } });
    await backgroundUpdatesDone(server);
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    made += 1;
    name = `someone-${made}`;
    user = (await registerUser(server, name)).userId;
    between.handlers.length = 0;
  });

  const own = (of = user) => room.admin.admin('GET', `/v2/users/${part(of)}`);
  const canLogIn = (password: string, as = name) =>
    loginPassword(server, as, password).then(
      () => true,
      () => false,
    );
  const modify = (flags: string) => room.askAndConfirm(`user modify ${name} ${flags}`);
  const planCode = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1] ?? '';

  describe('modify', () => {
    test('shows old → new and changes nothing before the yes', async () => {
      const plan = await room.ask(`user modify ${name} --display-name "New | <b>Name" -t email ${name}@example.org`);
      expect(plan).toContain(`Change \`${user}\`.`);
      expect(plan).toMatch(new RegExp(`display name: ${name} → `));
      expect(plan).toContain('third-party ids: none → ');
      expect(await own()).toMatchObject({ displayname: name, threepids: [] });
      expect(await room.ask(`confirm ${planCode(plan)}`)).toContain(`✅ Changed \`${user}\`: display name: `);
      expect(await own()).toMatchObject({
        displayname: 'New | <b>Name',
        threepids: [{ medium: 'email', address: `${name}@example.org` }],
      });
    });

    test.each([
      ['-n "Short"', { displayname: 'Short' }],
      ['-v mxc://castellan.test/abc', { avatar_url: 'mxc://castellan.test/abc' }],
      ['--avatar-url mxc://castellan.test/def', { avatar_url: 'mxc://castellan.test/def' }],
      ['--user-type bot', { user_type: 'bot' }],
      ['--user-type SUPPORT', { user_type: 'support' }],
      ['-a', { admin: true }],
      ['--admin', { admin: true }],
      ['--lock', { locked: true }],
    ])('%s sets it', async (flags, state) => {
      expect(await modify(flags)).toContain('✅');
      expect(await own()).toMatchObject(state);
    });

    test.each([
      ['--unlock', { locked: true }, { locked: false }],
      ['-u', { admin: true }, { admin: false }],
      ['--no-admin', { admin: true }, { admin: false }],
      ['--user-type none', { user_type: 'bot' }, { user_type: null }],
      ['--display-name ""', { displayname: 'Something' }, { displayname: '' }],
      ['--activate', { deactivated: true }, { deactivated: false }],
      ['--activate --password a-typed-one', { deactivated: true }, { deactivated: false }],
    ])('%s takes it back', async (flags, before, after) => {
      await room.admin.admin('PUT', `/v2/users/${part(user)}`, before);
      expect(await modify(flags)).toContain('✅');
      const now = await own();
      for (const [key, value] of Object.entries(after)) expect(now[key] ?? '').toBe(value ?? '');
    });

    test('third-party ids are added to those there are, unless they are cleared first', async () => {
      await modify(`-t email ${name}@one.test --threepid msisdn 49301234567`);
      await modify(`-t email ${name}@TWO.test -t email ${name}@one.test`);
      const addresses = async () =>
        ((await own()).threepids as { address: string }[]).map(({ address }) => address).toSorted();
      expect(await addresses()).toEqual(['49301234567', `${name}@one.test`, `${name}@two.test`].toSorted());
      await modify(`--clear-threepids -t email ${name}@three.test`);
      expect(await addresses()).toEqual([`${name}@three.test`]);
      await modify('--clear-threepids');
      expect(await addresses()).toEqual([]);
    });

    test('an address that somebody has is not taken away', async () => {
      await modify(`-t email ${name}@taken.test`);
      const other = (await registerUser(server, `${name}-other`)).userId;
      expect(await room.ask(`user modify ${other} -t email ${name}@taken.test`)).toContain(
        `belongs to \`${user}\` already`,
      );
      expect((await own(other)).threepids).toEqual([]);
    });

    test.each(['-p', '--password-prompt'])(
      '%s makes a password that is sent to who asked, and ends the sessions',
      async (flag) => {
        const session = await loginPassword(server, name, testPassword);
        const answer = await modify(flag);
        expect(answer).toContain('password: a new one, all sessions have ended');
        expect(answer).toContain('🔑 The secret is in a direct message.');
        expect(await canLogIn(testPassword)).toBe(false);
        await expect(session.request('GET', '/_matrix/client/v3/account/whoami')).rejects.toThrow();
      },
    );

    test('-P sets a typed one, removes it from the room, and --no-logout keeps the sessions', async () => {
      const session = await loginPassword(server, name, testPassword);
      const canary = `Modify-Canary-${made}`;
      const answer = await modify(`-P ${canary} --no-logout`);
      expect(answer).toContain('🔒 Your message held a secret');
      expect(await canLogIn(canary)).toBe(true);
      await session.request('GET', '/_matrix/client/v3/account/whoami');
      await room.admin.waitForEvent(room.roomId, (event) => event.type === 'm.room.redaction');
      expect(JSON.stringify(await room.admin.messages(room.roomId))).not.toContain(canary);
      expect(secretsInFiles(room.dataDir, [canary])).toEqual([]);
      expect(room.bot().output()).not.toContain(canary);
    });

    test('--create makes an account that is not there, and says that nobody can log in to it yet', async () => {
      const plan = await room.ask(`user modify ${name}-new --create -n "Brand new"`);
      expect(plan).toContain(`Create \`@${name}-new:`);
      expect(plan).toContain('nobody can log in to it yet');
      expect(await room.ask(`confirm ${planCode(plan)}`)).toContain('✅ Created');
      expect(await own(`@${name}-new:${server.serverName}`)).toMatchObject({ displayname: 'Brand new' });
      expect(await room.askAndConfirm(`user modify ${name}-two --create -P first-password`)).toContain('✅ Created');
      expect(await canLogIn('first-password', `${name}-two`)).toBe(true);
    });

    test('--deactivate is typed, does what deactivate does, and goes with nothing else', async () => {
      const plan = await room.ask(`user modify ${name} --deactivate`);
      expect(plan).toContain(`Deactivate \`${user}\`.`);
      expect(plan).toContain('ends all sessions');
      expect(await room.ask(`confirm ${planCode(plan)}`)).toContain('needs its word');
      expect((await own()).deactivated).toBe(false);
      expect(await room.ask(`confirm ${planCode(plan)} ${user}`)).toContain('it is in no room any more');
      expect((await own()).deactivated).toBe(true);
      expect(await room.ask(`user modify ${name}-x --deactivate --create`)).toContain('❌');
      const other = (await registerUser(server, `${name}-kept`)).userId;
      expect(await room.ask(`user modify ${other} --deactivate -n X`)).toContain('goes with no other change');
    });

    test.each([
      ['an unknown user', () => 'user modify nobody-there -n X', 'There is no account'],
      ['a remote user', () => 'user modify @bob:elsewhere.test -n X', 'lives on another server'],
      ['nothing to change', () => `user modify ${name}`, 'there is nothing to do'],
      ['what is so already', () => `user modify ${name} -n ${name} --unlock`, 'there is nothing to do'],
      ['both ways at once', () => `user modify ${name} --lock --unlock`, 'exclude each other'],
      ['two passwords', () => `user modify ${name} -p -P x`, 'exclude each other'],
      ['admin and none', () => `user modify ${name} -a -u`, 'exclude each other'],
      ['--no-logout alone', () => `user modify ${name} --no-logout -n X`, 'goes with a new password only'],
      ['a medium that is none', () => `user modify ${name} -t icq 123`, 'is no medium'],
      ['an address that is none', () => `user modify ${name} -t email nothing`, 'is no mail address'],
      ['a number that is none', () => `user modify ${name} -t msisdn +49x`, 'is no telephone number'],
      ['a picture that is none', () => `user modify ${name} -v https://x.test/a.png`, 'is no media address'],
      ['a half of a third-party id', () => `user modify ${name} -t email`, '❌'],
      ['a new account of an impossible name', () => 'user modify "@Röse:castellan.test" --create', '❌'],
      ['a new account that is locked', () => `user modify ${name}-new2 --create --lock`, 'cannot be locked'],
    ])('refuses %s, and changes nothing', async (_, line, why) => {
      const before = await own();
      expect(await room.ask(line())).toContain(why);
      expect(await own()).toEqual(before);
    });

    test('a type that the server does not have is refused in its words', async () => {
      expect(await modify('--user-type hero')).toMatch(/^❌/);
      expect((await own()).user_type).toBeNull();
    });

    test('never takes anything from the bot', async () => {
      const bot = room.botAccount.userId;
      for (const flags of ['--lock', '--deactivate', '-u', '-p', '-P x'])
        expect(await room.ask(`user modify ${bot} ${flags}`), flags).toContain('is me');
      expect(await own(bot)).toMatchObject({ locked: false, deactivated: false, admin: true });
      expect(await room.askAndConfirm(`user modify ${bot} -n "The bot"`)).toContain('✅');
    });

    test('power is for owners to give and take, and admins are safe from others', async () => {
      const boss = (await registerUser(server, `${name}-boss`, { admin: true })).userId;
      await room.bot().stop();
      room.configure({ roles: { [room.admin.userId]: 'admin' } });
      await room.start();
      expect(await room.ask(`user modify ${name} -a`)).toContain('only an owner may');
      for (const flags of ['--lock', '-p', '--deactivate', '--no-admin'])
        expect(await room.ask(`user modify ${boss} ${flags}`), flags).toContain('owner');
      expect(await modify('-n "By an admin"')).toContain('✅');
      await room.bot().stop();
      room.configure({ roles: {} });
      await room.start();
      expect(await own(boss)).toMatchObject({ admin: true, locked: false });
    });

    test('an answer that gets lost is looked up: it was done, once', async () => {
      between.handlers.push(({ method, path }) =>
        method === 'PUT' && path.includes('/v2/users/') ? 'lose' : undefined,
      );
      const answer = await modify('-n "Lost and found"');
      expect((await own()).displayname).toBe('Lost and found');
      expect(answer).toMatch(/may have been|was done|✅/);
    });

    test('a kill in the middle ends in the state that was asked for, and one answer', async () => {
      const killed = Promise.withResolvers<void>();
      between.handlers.push(async ({ method, path, body }) => {
        if (method !== 'PUT' || !path.includes('/v2/users/')) return undefined;
        await room.admin.request('PUT', path, JSON.parse(body));
        await room.bot().kill();
        killed.resolve();
        return 'reset';
      });
      const plan = await room.ask(`user modify ${name} -n "After the kill" --user-type bot`);
      const yes = await room.admin.send(room.roomId, `!admin confirm ${planCode(plan)}`);
      await killed.promise;
      between.handlers.length = 0;
      await room.start();
      expect(String((await room.answerTo(yes)).content.body)).toContain('✅ Changed');
      expect(await own()).toMatchObject({ displayname: 'After the kill', user_type: 'bot' });
    });

    test('the audit trail has old and new, and no password', async () => {
      await modify('-n "On record" -P not-on-record');
      const records = fromStore(
        room.dataDir,
        "SELECT record FROM audit WHERE command = 'user modify' ORDER BY seq DESC LIMIT 1",
      );
      const record = JSON.parse(String(records[0]?.record));
      expect(record.detail).toMatchObject({ before: { 'display name': name }, after: { 'display name': 'On record' } });
      expect(JSON.stringify(record)).not.toContain('not-on-record');
    });
  });

  describe('reactivate', () => {
    beforeEach(() => room.admin.admin('POST', `/v1/deactivate/${part(user)}`, { erase: false }));

    test('brings an account back, and says that it needs a password', async () => {
      const answer = await room.ask(`user reactivate ${name}`);
      expect(answer).toContain(`✅ \`${user}\` is back.`);
      expect(answer).toContain('user reset-password');
      expect((await own()).deactivated).toBe(false);
      expect(await canLogIn(testPassword)).toBe(false);
    });

    test('with a password one can log in at once', async () => {
      expect(await room.ask(`user reactivate ${name} back-with-this`)).toContain('🔒 Your message held a secret');
      expect(await canLogIn('back-with-this')).toBe(true);
    });

    test('refuses who is not deactivated, and who is not there', async () => {
      await room.ask(`user reactivate ${name}`);
      expect(await room.ask(`user reactivate ${name}`)).toContain('is not deactivated');
      expect(await room.ask('user reactivate nobody-there')).toContain('There is no account');
    });
  });

  describe('shadow-ban', () => {
    test('and back, by both ways', async () => {
      expect(await room.ask(`user shadow-ban ${name}`)).toContain('✅');
      expect((await own()).shadow_banned).toBe(true);
      expect(await room.ask(`user shadow-ban ${name}`)).toContain('was shadow-banned already');
      expect(await room.ask(`user unshadow-ban ${name}`)).toContain('is not shadow-banned any more');
      expect((await own()).shadow_banned).toBe(false);
      for (const flag of ['-u', '--unban']) {
        await room.ask(`user shadow-ban ${name}`);
        expect(await room.ask(`user shadow-ban ${flag} ${name}`)).toContain('is not shadow-banned any more');
      }
      expect(await room.ask(`user unshadow-ban ${name}`)).toContain('was not shadow-banned');
    });

    test('refuses the bot and who is not there', async () => {
      expect(await room.ask(`user shadow-ban ${room.botAccount.userId}`)).toContain('is me');
      expect(await room.ask('user shadow-ban nobody-there')).toContain('There is no account');
      expect(await room.ask('user unshadow-ban nobody-there')).toContain('There is no account');
    });
  });

  describe('deactivate-regex', () => {
    test('shows whom it matches, and closes them one after the other', async () => {
      for (const n of [1, 2, 3]) await registerUser(server, `${name}-spam-${n}`);
      const boss = (await registerUser(server, `${name}-spam-boss`, { admin: true })).userId;
      const plan = await room.ask(`user deactivate-regex "${name}-spam-.*"`);
      for (const n of [1, 2, 3]) expect(plan).toContain(`@${name}-spam-${n}:`);
      expect(plan).toContain('server admin (`--force` includes admins)');
      expect(await room.ask(`confirm ${planCode(plan)} 2`)).toContain('is not the word');
      const end = await jobEnd(room, jobIn(await room.ask(`confirm ${planCode(plan)} 3`)));
      expect(end.content.body).toContain('✅');
      for (const n of [1, 2, 3]) expect((await own(`@${name}-spam-${n}:${server.serverName}`)).deactivated).toBe(true);
      expect((await own(boss)).deactivated).toBe(false);
      expect((await own()).deactivated).toBe(false);
    });

    test.each([
      ['a part of a name', () => name.slice(0, 5)],
      ['an expression that matches nobody', () => 'nobody-.*'],
    ])('matches nobody by %s', async (_, pattern) => {
      expect(await room.ask(`user deactivate-regex "${pattern()}"`)).toContain('There is nothing to do.');
    });

    test('refuses what does not compile, and always leaves out the bot', async () => {
      expect(await room.ask('user deactivate-regex "(("')).toContain('is no regular expression');
      expect(await room.ask('user deactivate-regex "(?=x).*"')).toContain('is no regular expression');
      const plan = await room.ask('user deactivate-regex ".*" --force --dry-run');
      expect(plan).toContain('is me');
      expect(await room.ask(`user deactivate-regex ".*" -n --erase`)).toContain('❌');
    });

    test('an expression that would take other engines for ever is answered at once', async () => {
      expect(await room.ask(`user deactivate-regex "(a+)+$" --dry-run`)).toContain('There is nothing to do.');
    });
  });
});
