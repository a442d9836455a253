import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HttpError, type Json, loginPassword, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { testPassword } from '../homeserver/register-user.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom, type RoomEvent } from './admin-room.ts';
import { attachedFile } from './attached-file.ts';
import { jobEnd, jobIn, runJob } from './run-job.ts';

describeWithSynapse('accounts are closed', () => {
  let server: Synapse;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;
  let host: TestClient;
  let roomIds: string[];
  let made = 0;
  /** A fresh account in two rooms, for every test. */
  let name: string;
  let someone: TestClient;

  beforeAll(async () => {
    server = await startSynapse({ name: 'user-deactivate' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } } });
    host = await registerUser(server, 'host', { admin: true });
    roomIds = [];
    for (const preset of ['public_chat', 'public_chat']) roomIds.push(await host.createRoom({ preset }));
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });
  afterEach(() => {
    between.handlers.length = 0;
  });
  beforeEach(async () => {
    made += 1;
    name = `someone-${made}`;
    someone = await registerUser(server, name);
    await host.liftLimits(someone.userId);
    for (const roomId of roomIds) await someone.join(roomId);
  });

  const account = (userId = someone.userId): Promise<Json> => host.admin('GET', `/v2/users/${userId}`);
  const joinedRooms = async (userId = someone.userId) =>
    (await host.admin('GET', `/v1/users/${userId}/joined_rooms`)).joined_rooms;
  const isUntouched = async () => {
    expect(await account()).toMatchObject({ deactivated: false, locked: false, erased: false });
    expect(await joinedRooms()).toHaveLength(2);
    expect(await isAlive()).toBe(true);
  };
  const codeIn = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1] ?? '';
  async function isAlive(client = someone): Promise<boolean> {
    try {
      await client.request('GET', '/_matrix/client/v3/account/whoami');
      return true;
    } catch (error) {
      if (error instanceof HttpError && error.status === 401) return false;
      throw error;
    }
  }
  async function accounts(prefix: string, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let at = 1; at <= count; at++) ids.push((await registerUser(server, `${prefix}-${made}-${at}`)).userId);
    return ids;
  }
  const deactivated = (ids: readonly string[]) =>
    ids.filter((id) => server.queryDatabase('SELECT deactivated FROM users WHERE name = ?', id)[0]?.deactivated === 1);

  describe('deactivate', () => {
    test('shows what it would do, and does it when the exact id is typed', async () => {
      const plan = await room.ask(`user deactivate ${name}`);
      expect(plan).toContain(`Deactivate \`${someone.userId}\``);
      expect(plan).toContain('in 2 rooms');
      expect(plan).toContain('1 device');
      for (const words of ['all sessions', 'password', 'third-party ids', 'leaves all rooms', 'none of that back'])
        expect(plan).toContain(words);
      expect(plan).toContain('Suspending (read-only) and locking are the reversible ways');
      expect(plan).toContain(`!admin confirm ${codeIn(plan)} ${someone.userId}`);
      await isUntouched();

      for (const word of ['', name, `@${name}`, 'yes', room.admin.userId, someone.userId.toUpperCase()]) {
        expect(await room.ask(`confirm ${codeIn(plan)} ${word}`)).toMatch(/[Nn]othing was done/);
      }
      await isUntouched();

      const answer = await room.ask(`confirm ${codeIn(plan)} ${someone.userId}`);
      expect(answer).toContain(`Deactivated \`${someone.userId}\``);
      expect(answer).toContain('in no room');
      expect(await account()).toMatchObject({ deactivated: true, erased: false, locked: false });
      expect(await joinedRooms()).toEqual([]);
      for (const roomId of roomIds) expect(await host.joinedMembers(roomId)).not.toContain(someone.userId);
      expect(await isAlive()).toBe(false);
      await expect(loginPassword(server, name, testPassword)).rejects.toThrow('403');
    });

    test('a tick is not enough', async () => {
      const command = await room.admin.send(room.roomId, `!admin user deactivate ${name}`);
      const plan = await room.answerTo(command);
      const tick = await room.admin.send(
        room.roomId,
        { 'm.relates_to': { rel_type: 'm.annotation', event_id: plan.event_id, key: '✅' } },
        'm.reaction',
      );
      expect(bodyOf(await room.answerTo(tick))).toContain('needs its word');
      await isUntouched();
    });

    test.each([
      ['deactivate-user NAME'],
      ['deactivate-user -l NAME'],
      ['user deactivate NAME --leave-rooms'],
      ['user deactivate @NAME'],
    ])('goes by `%s` too', async (line) => {
      const answer = await room.askAndConfirm(line.replace('NAME', name), someone.userId);
      expect(answer).toContain('Deactivated');
      expect(await account()).toMatchObject({ deactivated: true });
      expect(await joinedRooms()).toEqual([]);
    });

    test('--yes-i-want-to-do-this does not wait', async () => {
      expect(await room.ask(`user deactivate ${name} --yes-i-want-to-do-this`)).toContain('Deactivated');
      expect(await account()).toMatchObject({ deactivated: true });
    });

    test('--dry-run shows the plan and stops, also with --yes-i-want-to-do-this', async () => {
      for (const flags of ['--dry-run', '--dry-run --yes-i-want-to-do-this']) {
        const answer = await room.ask(`user deactivate ${name} ${flags}`);
        expect(answer).toContain('in 2 rooms');
        expect(answer).toContain('Dry run: nothing was done');
        expect(codeIn(answer)).toBe('');
      }
      await isUntouched();
    });

    test.each(['-e', '--erase', '--gdpr-erase'])('%s erases too, and the plan says what that means', async (flag) => {
      const plan = await room.ask(`user deactivate ${name} ${flag}`);
      expect(plan).toContain('hidden from those who join later');
      const answer = await room.ask(`confirm ${codeIn(plan)} ${someone.userId}`);
      expect(answer).toContain(`Deactivated and erased \`${someone.userId}\``);
      expect(await account()).toMatchObject({ deactivated: true, erased: true });
    });

    test.each(['-n', '--no-leave-rooms'])('%s locks and keeps the rooms, and says so', async (flag) => {
      await host.admin('PUT', `/v2/users/${someone.userId}`, {
        threepids: [{ medium: 'email', address: `${name}@example.org` }],
      });
      const plan = await room.ask(`user deactivate ${name} ${flag}`);
      expect(plan).toContain(`Lock \`${someone.userId}\``);
      expect(plan).toContain('Synapse cannot deactivate an account and keep its rooms');
      await isUntouched();
      const answer = await room.ask(`confirm ${codeIn(plan)} ${someone.userId}`);
      expect(answer).toContain('locked, not deactivated');
      expect(await account()).toMatchObject({ deactivated: false, locked: true, threepids: [] });
      expect(await joinedRooms()).toHaveLength(2);
      expect((await host.admin('GET', `/v2/users/${someone.userId}/devices`)).total).toBe(0);

      await room.ask(`user unlock ${name}`);
      expect(await isAlive()).toBe(false);
      await expect(loginPassword(server, name, testPassword)).rejects.toThrow('M_FORBIDDEN');
    });

    test.each(['--erase', '-l'])('-n does not go with %s', async (flag) => {
      const answer = await room.ask(`user deactivate ${name} -n ${flag} --yes-i-want-to-do-this`);
      expect(answer).toContain('does not go with');
      await isUntouched();
    });

    test('an admin stands out, and so do you yourself', async () => {
      const other = await registerUser(server, `admin-${made}`, { admin: true });
      expect(await room.ask(`user deactivate ${other.userId}`)).toContain('**server admin**');
      const plan = await room.ask(`user deactivate ${room.admin.userId}`);
      expect(plan).toContain('**yourself**');
      expect(plan).toContain('**server admin**');
    });

    test('an account that was made admin after the plan was shown is left alone', async () => {
      const plan = await room.ask(`user deactivate ${name}`);
      await host.admin('PUT', `/v1/users/${someone.userId}/admin`, { admin: true });
      const answer = await room.ask(`confirm ${codeIn(plan)} ${someone.userId}`);
      expect(answer).toContain('has become a server admin');
      await isUntouched();
    });

    test('an account that is deactivated already is left alone; erasing it is still possible', async () => {
      await host.admin('POST', `/v1/deactivate/${someone.userId}`, { erase: false });
      // The server leaves the rooms in its own time.
      for (const roomId of roomIds) {
        await host.waitForEvent(
          roomId,
          ({ state_key, content }) => state_key === someone.userId && content.membership === 'leave',
        );
      }
      expect(await room.ask(`user deactivate ${name}`)).toContain('is deactivated already; there is nothing to do');
      const answer = await room.askAndConfirm(`user deactivate ${name} --erase`, someone.userId);
      expect(answer).toContain('Deactivated and erased');
      expect(await account()).toMatchObject({ deactivated: true, erased: true });
    });

    test('the bot itself is never deactivated', async () => {
      for (const flags of ['', '-n', '--yes-i-want-to-do-this', '-n --yes-i-want-to-do-this']) {
        const answer = await room.ask(`user deactivate ${room.botAccount.userId} ${flags}`);
        expect(answer).toContain('is me. I never deactivate my own account');
      }
      expect(await account(room.botAccount.userId)).toMatchObject({ deactivated: false, locked: false, admin: true });
    });

    test.each([
      ['an unknown account', 'nobody-here', 'There is no account `@nobody-here:castellan.test`'],
      ['a user of another server', '@alice:elsewhere.test', 'lives on another server'],
      ['nobody', '', 'needs `<user>`'],
    ])('refuses %s', async (_, who, words) => {
      const count = () => server.queryDatabase('SELECT count(*) AS count FROM users')[0]?.count;
      const before = count();
      expect(await room.ask(`user deactivate ${who}`)).toContain(words);
      expect(count()).toBe(before);
    });
  });

  describe('deactivate-all', () => {
    test('shows whom it would close and whom it leaves out, and closes them when their number is typed', async () => {
      const [one = '', two = '', gone = ''] = await accounts('listed', 3);
      const admin = await registerUser(server, `listed-admin-${made}`, { admin: true });
      await host.admin('POST', `/v1/deactivate/${gone}`, { erase: false });
      const body = [
        '# leavers',
        one,
        two.slice(1, two.indexOf(':')),
        someone.userId,
        one,
        gone,
        admin.userId,
        'nobody-here',
        room.botAccount.userId,
      ].join('\n');
      const plan = await room.askWith('user deactivate-all', body);
      expect(plan).toContain('Deactivate 3 accounts');
      expect(plan).toContain('4 targets left out');
      expect(plan).toContain(`\`${gone}\`: deactivated already`);
      expect(plan).toMatch(new RegExp(`\`${admin.userId}\`: server admin .*--force`));
      expect(plan).toContain(`\`@nobody-here:${server.serverName}\`: no such account`);
      expect(plan).toContain(`\`${room.botAccount.userId}\`: is me`);
      expect(plan).toContain('1 repeated line');
      expect(plan).toContain('leaves all rooms');

      for (const word of ['', '2', 'three', one]) {
        expect(await room.ask(`confirm ${codeIn(plan)} ${word}`)).toMatch(/[Nn]othing was done/);
      }
      expect(deactivated([one, two, someone.userId])).toEqual([]);

      const end = await jobEnd(room, jobIn(await room.ask(`confirm ${codeIn(plan)} 3`)));
      expect(bodyOf(end)).toContain('Deactivating 3 accounts: 3 of 3 done');
      expect(end.content).toMatchObject({
        msgtype: 'm.text',
        'm.mentions': { user_ids: [room.admin.userId] },
      });
      expect(deactivated([one, two, someone.userId])).toEqual([one, two, someone.userId]);
      expect(await joinedRooms()).toEqual([]);
      expect(await account(admin.userId)).toMatchObject({ deactivated: false });
      expect(await account(room.botAccount.userId)).toMatchObject({ deactivated: false });
    });

    test.each(['--force', '-f', '-F'])('%s includes admins, but never the bot', async (flag) => {
      const admin = await registerUser(server, `forced-${made}`, { admin: true });
      const list = [admin.userId, room.botAccount.userId].join('\n');
      const plan = await room.askWith(`deactivate-all ${flag}`, list);
      expect(plan).toContain('Deactivate 1 account');
      expect(plan).toContain(`\`${admin.userId}\`: **server admin**`);
      expect(plan).toContain(`\`${room.botAccount.userId}\`: is me`);
      const end = await jobEnd(room, jobIn(await room.ask(`confirm ${codeIn(plan)} 1`)));
      expect(bodyOf(end)).toContain(': done.');
      expect(deactivated([admin.userId])).toEqual([admin.userId]);
      expect(await account(room.botAccount.userId)).toMatchObject({ deactivated: false });
    });

    test('-n locks them and keeps their rooms, -l closes them, --erase erases them', async () => {
      const [closed = '', erased = ''] = await accounts('kind', 2);
      const locking = await runJob(room, 'deactivate-all -n', someone.userId, '1');
      expect(bodyOf(locking)).toContain('Locking 1 account: done.');
      expect(await account()).toMatchObject({ locked: true, deactivated: false });
      expect(await joinedRooms()).toHaveLength(2);
      await runJob(room, 'deactivate-all -l', closed, '1');
      expect(await account(closed)).toMatchObject({ deactivated: true, erased: false });
      await runJob(room, 'user deactivate-all --erase', erased, '1');
      expect(await account(erased)).toMatchObject({ deactivated: true, erased: true });
      expect(await room.askWith('deactivate-all -n --erase', erased)).toContain('goes with neither');
    });

    test('with nobody left to close there is no plan, but the reasons', async () => {
      const answer = await room.askWith('user deactivate-all', `nobody-here\n${room.botAccount.userId}`);
      expect(answer).toContain('nothing to do');
      expect(answer).toContain('no such account');
      expect(answer).toContain('is me');
    });

    test('one wrong line among good ones stops it, unless told to skip it', async () => {
      const body = `${someone.userId}\n@alice:elsewhere.test\nNot A User`;
      const refusal = await room.askWith('deactivate-all --yes-i-want-to-do-this', body);
      expect(refusal).toContain('nothing was done');
      expect(refusal).toContain('line 2');
      expect(refusal).toContain('line 3');
      await isUntouched();
      const plan = await room.askWith('deactivate-all --skip-invalid', body);
      expect(plan).toContain('Deactivate 1 account');
      expect(plan).toContain('line 2');
    });

    test('closes 30 accounts one after the other, the whole plan in a file', async () => {
      const ids = await accounts('thirty', 30);
      const command = await room.admin.send(
        room.roomId,
        `!admin user deactivate-all\n\`\`\`\n${ids.join('\n')}\n\`\`\``,
      );
      const plan = bodyOf(await room.answerTo(command));
      expect(plan).toContain('and 20 more');
      const { name: filename, text } = await attachedFile(room, command);
      expect(filename).toBe('user-deactivate-all-plan.csv');
      for (const id of ids) expect(text).toContain(id);
      let underWay = 0;
      let most = 0;
      between.handlers.push(async ({ method, path }) => {
        if (method !== 'POST' || !path.includes('/v1/deactivate/')) return undefined;
        underWay += 1;
        most = Math.max(most, underWay);
        await account();
        underWay -= 1;
        return undefined;
      });
      const end = await jobEnd(room, jobIn(await room.ask(`confirm ${codeIn(plan)} 30`)));
      expect(bodyOf(end)).toContain('30 of 30 done');
      expect(deactivated(ids)).toEqual(ids);
      expect(most).toBe(1);
    });

    test('what the server refuses is reported, with a list to try again', async () => {
      const ids = await accounts('failing', 3);
      const [, stubborn = ''] = ids;
      between.handlers.push(({ method, path }) =>
        method === 'POST' && path.includes(`/v1/deactivate/${encodeURIComponent(stubborn)}`)
          ? { status: 400, body: { errcode: 'M_UNKNOWN', error: 'Not today' } }
          : undefined,
      );
      const end = await runJob(room, 'deactivate-all', ids.join('\n'), '3');
      const report = bodyOf(end);
      expect(report).toContain('2 of 3 done, 1 failed');
      expect(report).toContain('Not today');
      expect(/```\n([\s\S]*?)\n```/.exec(report)?.[1]).toBe(stubborn);
      expect(deactivated(ids)).toEqual(ids.filter((id) => id !== stubborn));
      const id = String(end.content['dev.castellan.job']);
      expect(await room.ask(`job show ${id}`)).toMatch(/failed +\| The homeserver refused: Not today/);
      expect(await room.ask('job list')).toContain(id);

      between.handlers.length = 0;
      expect(bodyOf(await runJob(room, 'deactivate-all', stubborn, '1'))).toContain(': done.');
      expect(deactivated([stubborn])).toEqual([stubborn]);
    });

    test('cancelled in the middle it stops after the account it is at, and says what is left', async () => {
      const ids = await accounts('halfway', 6);
      const reached = Promise.withResolvers<void>();
      const go = Promise.withResolvers<void>();
      between.handlers.push(async ({ method, path }) => {
        if (method !== 'POST' || !path.includes(`/v1/deactivate/${encodeURIComponent(ids[2] ?? '')}`)) return undefined;
        reached.resolve();
        await go.promise;
        return undefined;
      });
      const id = jobIn(await room.askAndConfirm('deactivate-all', '6', ids.join('\n')));
      await reached.promise;
      const ending: Promise<RoomEvent> = jobEnd(room, id);
      expect(await room.ask(`job cancel ${id}`)).toContain('stops after the item it is at');
      go.resolve();
      const report = bodyOf(await ending);
      expect(report).toContain('3 of 6 done, 3 not begun. The job was cancelled');
      expect(/```\n([\s\S]*?)\n```/.exec(report)?.[1]?.split('\n')).toEqual(ids.slice(3));
      expect(deactivated(ids)).toEqual(ids.slice(0, 3));
      expect(await room.ask(`job cancel ${id}`)).toContain('has ended already');
    });

    test('an account that was made admin, or is gone, since the plan was shown is skipped and reported', async () => {
      const ids = await accounts('changed', 2);
      const [risen = ''] = ids;
      const plan = await room.askWith('deactivate-all', ids.join('\n'));
      await host.admin('PUT', `/v1/users/${risen}/admin`, { admin: true });
      const report = bodyOf(await jobEnd(room, jobIn(await room.ask(`confirm ${codeIn(plan)} 2`))));
      expect(report).toContain('1 of 2 done, 1 skipped');
      expect(report).toContain('has become a server admin');
      expect(deactivated(ids)).toEqual(ids.slice(1));
    });

    test.each([
      ['no list', 'user deactivate-all', 'needs a block'],
      ['a name on the line', 'user deactivate-all alice', 'no place for `alice`'],
      ['a flag that there is not', 'user deactivate-all --all', '`--all` is no flag'],
    ])('refuses %s', async (_, line, words) => {
      expect(await room.ask(line)).toContain(words);
    });
  });
});
