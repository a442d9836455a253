import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { attachedFile } from './attached-file.ts';
import { jsonIn } from './json-in.ts';

describeWithSynapse('accounts are shown', () => {
  let server: Synapse;
  let room: AdminRoom;
  let ann: TestClient;
  let guestId: string;
  /** Everybody who is not deactivated, in the order of their ids. */
  let everybody: string[];

  const idOf = (localpart: string) => `@${localpart}:${server.serverName}`;
  const put = (localpart: string, changes: Json) => room.admin.admin('PUT', `/v2/users/${idOf(localpart)}`, changes);

  beforeAll(async () => {
    server = await startSynapse({ name: 'user-list', config: { allow_guest_access: true } });
    room = await openAdminRoom(server);
    ann = await registerUser(server, 'ann');
    await ann.request('GET', '/_matrix/client/v3/account/whoami');
    await put('ben', { displayname: '=Ann | *the second*' });
    await put('cleo', { displayname: 'Cleo', locked: false });
    await put('cleo', { locked: true });
    await put('dora', { displayname: 'Dora' });
    await put('dora', { deactivated: true });
    await put('helpdesk', { user_type: 'support' });
    await put('robot', { user_type: 'bot' });
    await registerUser(server, 'shady');
    await room.admin.admin('POST', `/v1/users/${idOf('shady')}/shadow_ban`);
    const guest = await ann.request('POST', '/_matrix/client/v3/register?kind=guest', {});
    guestId = String(guest.user_id);
    const names = ['ann', 'ben', 'cleo', 'helpdesk', 'robot', 'shady'].map(idOf);
    everybody = [...names, guestId, room.admin.userId, room.botAccount.userId].sort();
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  /** Ids in an answer of `-o json`. */
  async function listed(flags: string): Promise<string[]> {
    return jsonIn<Json[]>(await room.ask(`user list-users -o json ${flags}`)).map(({ name }) => String(name));
  }
  const localparts = (ids: readonly string[]) => ids.map((id) => id.slice(1, id.indexOf(':')));
  const without = (...ids: string[]) => everybody.filter((id) => !ids.includes(id));
  const rowOf = (answer: string, id: string) => answer.split('\n').find((line) => line.includes(id)) ?? '';

  describe('list-users', () => {
    test('shows everybody but those deactivated, locked ones too, with what they are', async () => {
      const answer = await room.ask('user list-users');
      expect(answer).toContain(`${everybody.length} accounts`);
      expect(answer).toContain(`1–${everybody.length} of ${everybody.length}`);
      for (const id of everybody) expect(answer).toContain(id);
      expect(answer).not.toContain(idOf('dora'));
      expect(rowOf(answer, idOf('cleo'))).toContain('locked');
      expect(rowOf(answer, idOf('shady'))).toContain('shadow-banned');
      expect(rowOf(answer, guestId)).toContain('guest');
      expect(rowOf(answer, room.admin.userId)).toContain('admin');
      expect(rowOf(answer, idOf('ben'))).toContain('=Ann ¦ *the second*');
      const byAge = await room.ask('user list-users --sort creation_ts');
      expect(rowOf(byAge, idOf('ann'))).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d UTC \((now|\d+ \w+ ago)\)/);
    });

    test.each(['user list', 'list-local-users', 'users list_users', 'USER LIST'])('goes by `%s` too', async (name) => {
      expect(await room.ask(name)).toContain(`${everybody.length} accounts`);
    });

    test.each<[string, () => string[]]>([
      ['', () => everybody],
      ['--all', () => everybody],
      ['-n ann', () => [idOf('ann'), idOf('ben')]],
      ['--name Cleo', () => [idOf('cleo')]],
      ['CLEO', () => [idOf('cleo')]],
      ['-i @ann:', () => [idOf('ann')]],
      ['--user-id @ann:castellan', () => [idOf('ann')]],
      ['-g', () => [guestId]],
      ['--guests', () => [guestId]],
      ['-G', () => without(guestId)],
      ['--no-guests', () => without(guestId)],
      ['-d', () => [...everybody, idOf('dora')].sort()],
      ['--deactivated', () => [...everybody, idOf('dora')].sort()],
      ['-a', () => [room.botAccount.userId, room.admin.userId].sort()],
      ['--admins', () => [room.botAccount.userId, room.admin.userId].sort()],
      ['-A', () => without(room.botAccount.userId, room.admin.userId)],
      ['--no-admins', () => without(room.botAccount.userId, room.admin.userId)],
      ['--locked', () => [idOf('cleo')]],
      ['--not-type support', () => without(idOf('helpdesk'))],
      ['--not-type support --not-type bot', () => without(idOf('helpdesk'), idOf('robot'))],
      ['-A -G --not-type bot', () => without(room.botAccount.userId, room.admin.userId, guestId, idOf('robot'))],
      ['--created-after 2020-01-01', () => everybody],
      ['--created-after 2990-01-01', () => []],
      ['—admins', () => [room.botAccount.userId, room.admin.userId].sort()],
    ])('with `%s` lists whom it says', async (flags, expected) => {
      expect((await listed(flags)).sort()).toEqual(expected());
    });

    test('--created-after leaves out who is as old or older', async () => {
      const [old] = jsonIn<Json[]>(await room.ask('user list -o json -n ann -l 1'));
      const later = `late-${await laterThan(Number(old?.creation_ts))}`;
      const found = await listed(`--created-after ${old?.creation_ts}`);
      expect(found).toContain(idOf(later));
      expect(found).not.toContain(old?.name);
      await room.admin.admin('POST', `/v1/deactivate/${idOf(later)}`, { erase: true });
    });

    /** Makes accounts until the server's clock, which counts seconds here, has gone on; returns the last one's number. */
    async function laterThan(createdAt: number): Promise<number> {
      for (let at = 0; ; at++) {
        await put(`late-${at}`, {});
        const { creation_ts } = await room.admin.admin('GET', `/v2/users/${idOf(`late-${at}`)}`);
        if (Number(creation_ts) * 1000 > createdAt) return at;
        await room.admin.admin('POST', `/v1/deactivate/${idOf(`late-${at}`)}`, { erase: true });
      }
    }

    test('--inactive lists who was last seen longer ago, and says how many were left out as unknown', async () => {
      // The server writes down only now and then when somebody was seen.
      let answer = '';
      do answer = await room.ask('user list --inactive 1s');
      while (!answer.includes(ann.userId));
      expect(answer).toMatch(/Left out: \d+ accounts with no record of when it was last seen/);
      expect(answer).not.toContain(idOf('ben'));
      expect(await room.ask('user list --inactive 30d')).toContain('None.');
      expect(await room.ask('user list --inactive soon')).toContain('Usage');
    });

    test.each([
      ['-s name', (ids: string[]) => [...ids].sort()],
      ['--sort name -r', (ids: string[]) => [...ids].sort().reverse()],
      ['-s NAME --reverse', (ids: string[]) => [...ids].sort().reverse()],
    ])('%s puts them in order', async (flags, order) => {
      const found = await listed(`${flags} -A`);
      expect(found.length).toBeGreaterThan(3);
      expect(found).toEqual(order(found));
    });

    test.each([
      'name',
      'displayname',
      'is_guest',
      'admin',
      'deactivated',
      'user_type',
      'avatar_url',
      'shadow_banned',
      'creation_ts',
      'last_seen_ts',
      'locked',
    ])('may be sorted by %s', async (column) => {
      expect((await listed(`-s ${column}`)).sort()).toEqual(everybody);
    });

    test('a column that there is not is refused with the list of those there are', async () => {
      const answer = await room.ask('user list -s age');
      for (const column of ['name', 'creation_ts', 'last_seen_ts', 'locked']) expect(answer).toContain(`\`${column}\``);
      expect(answer).not.toContain(idOf('ann'));
    });

    test('pages follow each other, and each names the line that shows the next', async () => {
      const seen: string[] = [];
      let line = 'user list -s name -l 4 -o json';
      for (;;) {
        const answer = await room.ask(line);
        seen.push(...jsonIn<Json[]>(answer).map(({ name }) => String(name)));
        const next = /next: `(!admin [^`]+)`/.exec(answer)?.[1];
        if (next === undefined) break;
        line = next;
      }
      expect(seen).toEqual(everybody);
      const second = await listed('-s name --limit 4 --page 2');
      expect(second).toEqual(everybody.slice(4, 8));
      expect(await listed('-s name -l 4 -f 4')).toEqual(second);
      expect(await listed('-s name -l 4 --from=4')).toEqual(second);
      expect(await room.ask('user list -s name -l 4 --page 2')).toContain(`5–8 of ${everybody.length}`);
    });

    test('pages of what the bot itself filters, or of locked accounts, follow each other too', async () => {
      const all = await listed('-s name --created-after 2020-01-01');
      expect(await listed('-s name --created-after 2020-01-01 -l 2 --page 2')).toEqual(all.slice(2, 4));
      expect(await listed('--locked -l 1')).toEqual([idOf('cleo')]);
      expect(await room.ask('user list --locked -l 1 --page 2')).toContain('The list ends at 1');
    });

    test.each([
      ['-l 0', 'must be at least 1'],
      ['-l -3', 'must be at least 1'],
      ['-l many', 'is no whole number'],
      ['--page 0', 'must be at least 1'],
      ['--page 99', 'The list ends at'],
      ['--from 500', 'The list ends at'],
      ['--page 2 --from 3', 'two different things'],
      ['--all --page 2', 'leave out the limit'],
      ['-g -G', 'do not go together'],
      ['-a -A', 'do not go together'],
      ['ann -n ben', 'do not go together'],
      ['-n ann -i ann', 'not by both at once'],
      ['--created-after 1700000000', 'seconds'],
      ['--wrong', '`--wrong` is no flag'],
      ['one two', 'no place for `two`'],
    ])('with `%s` says what is wrong', async (flags, words) => {
      expect(await room.ask(`user list ${flags}`)).toContain(words);
    });

    test('a search finds by localpart and display name, and says when it finds nobody', async () => {
      const answer = await room.ask('user search ann');
      expect(answer).toContain(idOf('ann'));
      expect(answer).toContain(idOf('ben'));
      expect(answer).toContain('2 accounts');
      expect(await room.ask('user search "the second"')).toContain(idOf('ben'));
      expect(await room.ask('user search nobody-at-all')).toContain('None.');
    });

    test('as CSV it is a file with every column, in which no name can be a formula', async () => {
      const command = await room.admin.send(room.roomId, '!admin user list-users -o csv -d');
      const { name, text } = await attachedFile(room, command);
      expect(name).toBe('user-list-users.csv');
      const rows = parse(text, { columns: true }) as Record<string, string>[];
      const row = (localpart: string) => rows.find(({ user }) => user === idOf(localpart));
      expect(rows.map(({ user }) => user).sort()).toEqual(expect.arrayContaining([...everybody, idOf('dora')].sort()));
      expect(row('ben')?.displayname).toBe("'=Ann | *the second*");
      expect(row('cleo')).toMatchObject({ locked: 'true', admin: 'false', deactivated: 'false' });
      expect(row('dora')).toMatchObject({ deactivated: 'true' });
      expect(row('shady')).toMatchObject({ shadowBanned: 'true' });
      expect(row('helpdesk')).toMatchObject({ type: 'support' });
      const inDatabase = server.queryDatabase('SELECT creation_ts FROM users WHERE name = ?', idOf('ann'))[0];
      expect(Number(row('ann')?.createdTs)).toBe(Number(inDatabase?.creation_ts) * 1000);
    });
  });

  describe('details', () => {
    test.each(['user details', 'user show', 'users details'])('`%s` tells about one account', async (name) => {
      await put('cleo', { threepids: [{ medium: 'email', address: 'cleo@example.org' }] });
      const answer = await room.ask(`${name} cleo`);
      expect(answer).toMatch(new RegExp(`User id +\\| ${idOf('cleo')}`));
      expect(answer).toMatch(/Locked +\| yes/);
      expect(answer).toMatch(/Suspended +\| no/);
      expect(answer).toMatch(/Last seen +\| no record/);
      expect(answer).toMatch(/Created +\| \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
      expect(answer).toContain('email cleo@example.org');
    });

    test('tells admins, erased and suspended ones apart', async () => {
      expect(await room.ask(`user show ${room.admin.userId}`)).toMatch(/Admin +\| yes/);
      await put('eve', {});
      await room.admin.admin('POST', `/v1/deactivate/${idOf('eve')}`, { erase: true });
      expect(await room.ask('user show eve')).toMatch(/Deactivated +\| yes, erased/);
      await room.admin.admin('PUT', `/v1/suspend/${idOf('shady')}`, { suspend: true });
      const shady = await room.ask('user show shady');
      expect(shady).toMatch(/Suspended +\| yes/);
      expect(shady).toMatch(/Shadow-banned +\| yes/);
    });

    test('counts rooms and devices', async () => {
      await ann.createRoom();
      const answer = await room.ask('user details ann');
      expect(answer).toMatch(/Rooms joined +\| 1 /);
      expect(answer).toMatch(/Devices +\| 1 /);
    });

    test("as JSON it gives the server's own answer, without a password hash", async () => {
      const answer = await room.ask('user details ann -o json');
      const { last_seen_ts: _, ...own } = await room.admin.admin('GET', `/v2/users/${idOf('ann')}`);
      expect(jsonIn<Json>(answer)).toMatchObject(own);
      expect(answer).not.toContain('hash');
    });

    test.each([
      ['an unknown account', 'nobody-here', 'There is no account `@nobody-here:castellan.test`'],
      ['a user of another server', '@alice:elsewhere.test', 'lives on another server'],
      ['a room', '#lobby', 'is no user'],
    ])('refuses %s', async (_, who, words) => {
      expect(await room.ask(`user details ${who}`)).toContain(words);
    });
  });

  describe('list-joined-rooms', () => {
    let rita: TestClient;
    let kitchen: string;
    let plain: string;
    let invited: string;
    let left: string;
    let banned: string;

    beforeAll(async () => {
      rita = await registerUser(server, 'rita');
      for (const client of [rita, ann]) await room.admin.liftLimits(client.userId);
      const open = (name: string, options: Json = {}) =>
        ann.createRoom({ preset: 'public_chat', name, invite: [rita.userId], ...options });
      kitchen = await open('The | *Kitchen*', { room_alias_name: 'kitchen' });
      plain = await rita.createRoom();
      invited = await open('Invited');
      left = await open('Left');
      banned = await open('Banned');
      for (const roomId of [kitchen, left, banned]) await rita.join(roomId);
      await rita.leave(left);
      await ann.request('POST', `/_matrix/client/v3/rooms/${banned}/ban`, { user_id: rita.userId });
    });

    const blockIn = (answer: string) => /```\n([\s\S]*?)\n```/.exec(answer)?.[1]?.split('\n');

    test('shows where an account is, with names and members, the largest room first', async () => {
      const answer = await room.ask('user list-joined-rooms rita');
      expect(answer).toContain(`\`${rita.userId}\` is in 2 rooms`);
      expect(rowOf(answer, kitchen)).toMatch(/The ¦ \*Kitchen\* +\| +2 \| #kitchen:castellan\.test /);
      expect(rowOf(answer, plain)).toMatch(/ 1 /);
      expect(answer.indexOf(kitchen)).toBeLessThan(answer.indexOf(plain));
      for (const roomId of [invited, left, banned]) expect(answer).not.toContain(roomId);
    });

    test('with --all-memberships also where it is invited, has left or is banned', async () => {
      const answer = await room.ask('user membership rita --all-memberships');
      expect(answer).toContain('2 joined, 1 invited, 1 left, 1 banned');
      expect(rowOf(answer, kitchen)).toContain('joined');
      expect(rowOf(answer, invited)).toContain('invited');
      expect(rowOf(answer, left)).toContain('left');
      expect(rowOf(answer, banned)).toContain('banned');
    });

    test('gives ids, or aliases where there are any, as a list to paste', async () => {
      expect(blockIn(await room.ask('user list-joined-rooms rita --ids'))).toEqual([kitchen, plain]);
      expect(blockIn(await room.ask('user membership rita --aliases'))).toEqual(['#kitchen:castellan.test', plain]);
      expect(jsonIn(await room.ask('user membership rita --ids -o json'))).toEqual([kitchen, plain]);
    });

    test('is paged and sorted like every list', async () => {
      const answer = await room.ask('user membership rita --all-memberships -l 2 -s name');
      expect(answer).toMatch(/1–2 of 5 · next: `!admin user membership rita --all-memberships -l 2 -s name --from 2`/);
      expect(rowOf(answer, banned)).not.toBe('');
      expect(blockIn(await room.ask('user membership rita --ids -r'))).toEqual([plain, kitchen]);
      expect(blockIn(await room.ask('user membership rita --ids -l 1 --page 2'))).toEqual([plain]);
      expect(await room.ask('user membership rita --page 9')).toContain('The list ends at 2');
      expect(await room.ask('user membership rita -s age')).toContain('`joined_members`');
    });

    test("as JSON it gives the server's own rooms", async () => {
      const [first] = jsonIn<Json[]>(await room.ask('user list-joined-rooms rita -o json'));
      expect(first).toMatchObject({
        room_id: kitchen,
        membership: 'join',
        name: 'The | *Kitchen*',
        canonical_alias: '#kitchen:castellan.test',
        joined_members: 2,
      });
    });

    test('says when an account is in no room', async () => {
      expect(await room.ask('user membership ben')).toContain(`\`${idOf('ben')}\` is in no room`);
      expect(await room.ask('user membership @alice:elsewhere.test')).toContain('in no room that this server knows');
    });

    test.each([
      ['nobody-here', 'There is no account'],
      ['rita --ids --aliases', 'do not go together'],
      ['', 'needs `<user>`'],
    ])('refuses `%s`', async (rest, words) => {
      expect(await room.ask(`user list-joined-rooms ${rest}`)).toContain(words);
    });
  });

  test('more than fits into a message comes as a file, with the first page shown', async () => {
    const names = Array.from({ length: 110 }, (_, at) => `crowd-${String(at).padStart(3, '0')}`);
    for (const name of names) await put(name, {});
    expect(await room.ask('user list -n crowd')).toMatch(/1–100 of 110 · next: `!admin user list -n crowd --from 100`/);
    const command = await room.admin.send(room.roomId, '!admin user list -n crowd --all -s name -o json');
    const { name, text } = await attachedFile(room, command);
    expect(name).toMatch(/^user-list-users\.json$/);
    const rows = JSON.parse(text) as Json[];
    expect(localparts(rows.map((row) => String(row.name)))).toEqual(names);
  });
});
