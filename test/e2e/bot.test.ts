import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { attachedFile } from './attached-file.ts';
import { jsonIn } from './json-in.ts';
import { runJob } from './run-job.ts';
import { bodyTable, column } from './tables.ts';

describeWithSynapse('the commands for the bot and the server', () => {
  let server: Synapse;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'bot' });
    room = await openAdminRoom(server);
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  const exists = (localpart: string) =>
    server.queryDatabase('SELECT name FROM users WHERE name = ?', `@${localpart}:${server.serverName}`).length === 1;

  describe('help', () => {
    test('lists the nouns, and how to go on', async () => {
      const answer = await room.ask('help');
      for (const noun of ['user', 'room', 'server', 'job', 'bot']) expect(answer).toContain(`- \`${noun}\`: `);
      for (const command of ['help', 'confirm', 'cancel']) expect(answer).toContain(`- \`${command}\`: `);
      expect(answer).toContain('!admin help user');
    });

    test('is what a bare prefix gets, in whatever case, and who speaks to the bot by its id or name', async () => {
      const answer = await room.ask('help');
      const { userId } = room.botAccount;
      const name = userId.slice(1).split(':')[0];
      const addressed = [`${userId}:`, `${userId}: help`, `${userId} Help`, `${name}: help`, `${name}, help`];
      for (const line of ['!admin', '  !ADMIN ', '!admin --help', '!admin -h', '!Admin HELP', ...addressed]) {
        const id = await room.admin.send(room.roomId, line);
        expect(bodyOf(await room.answerTo(id))).toBe(answer);
      }
    });

    test.each(['help user', 'user', 'users', 'USERS', 'user --help', 'users help', 'help users', 'user -h'])(
      '%j lists the commands of the noun',
      async (line) => {
        const answer = await room.ask(line);
        expect(answer).toMatch(/^Commands of `user` \(accounts, sessions, memberships\):\n\n/);
        for (const command of ['create-user', 'deactivate', 'list-users', 'unlock'])
          expect(answer).toContain(`- \`user ${command}\`: `);
        expect(answer).not.toContain('`room ');
      },
    );

    test.each([
      'help user deactivate',
      'user deactivate --help',
      'user deactivate help',
      'deactivate-user -h',
      'help deactivate_user',
      'Users Deactivate --HELP',
      'user deactivate somebody --help',
    ])('%j explains the command', async (line) => {
      const answer = await room.ask(line);
      for (const part of [
        'Close an account for good.',
        '!admin user deactivate <user>',
        'Also `deactivate-user`',
        '`--dry-run`: ',
        '`--erase`',
        'reactivating brings none of that back',
        'Suspending (read-only) and locking are the reversible ways',
        'hidden from those who join later',
        'waits until you type the name of its target',
        '!admin user deactivate bob',
      ])
        expect(answer).toContain(part);
    });

    test('explains a noun of two words, and its own flags', async () => {
      expect(await room.ask('help room info')).toContain('`room info list-joined-members`');
      expect(await room.ask('help help')).toContain('`--search SEARCH`');
      expect(await room.ask('help room list-rooms')).toContain('One of name, canonical_alias, joined_members');
    });

    test('finds commands by a word in their names, flags, arguments and cautions', async () => {
      const answer = await room.ask('help --search Password');
      for (const command of ['reset-password', 'create-user', 'create-list', 'deactivate'])
        expect(answer).toContain(`\`user ${command}\``);
      expect(answer).not.toContain('room list-rooms');
      // What is named so comes before what only speaks of it.
      expect(answer.indexOf('reset-password')).toBeLessThan(answer.indexOf('create-user'));
      expect(await room.ask('help --search xyzzy')).toContain('❌ No command speaks of `xyzzy`.');
    });

    test.each([
      ['help usr', 'Did you mean'],
      ['help user deactivat', '!admin user deactivate'],
      ['user deactivte bob', '!admin user deactivate'],
      ['create-uesr bob', '!admin create-user'],
      ['help user deactivate now', '`now` is too much'],
      ['help xyzzy', '`!admin help` lists what there is'],
    ])('answers %j with what may have been meant', async (line, part) => {
      const answer = await room.ask(line);
      expect(answer).toMatch(/^❌ /);
      expect(answer).toContain(part);
    });

    test('gives every command as data', async () => {
      // There are more than a message holds.
      const { text } = await attachedFile(room, await room.admin.send(room.roomId, '!admin help -o json'));
      const all = JSON.parse(text) as { path: string; danger: string }[];
      expect(all.find(({ path }) => path === 'user deactivate')?.danger).toBe('typed');
    });
  });

  describe('bot', () => {
    test('status tells how it is doing', async () => {
      const told = Object.fromEntries(bodyTable(await room.ask('bot status')));
      expect(told).toMatchObject({
        Homeserver: 'Synapse',
        Sync: 'well',
        'Commands waiting': '0',
        'Open plans': '0',
        'Running jobs': '0',
      });
      expect(told.Castellan).toMatch(/^\d+\.\d+\.\d+/);
      const records = Number.parseInt(told['Audit trail'] ?? '', 10);
      await room.ask('create-user counted typed-by-hand-1');
      await room.ask('user make-user-admin counted');
      const after = jsonIn<Record<string, unknown>>(await room.ask('bot status -o json'));
      expect(after).toMatchObject({ sync: 'well', openPlans: 1, auditRecords: records + 2 });
    });

    test('whoami tells who asks, what she may, and who answers', async () => {
      const answer = await room.ask('bot whoami');
      for (const part of [room.admin.userId, 'owner', room.botAccount.userId, room.roomId])
        expect(answer).toContain(part);
      expect(jsonIn(await room.ask('bot whoami -o json'))).toEqual({
        user_id: room.admin.userId,
        role: 'owner',
        bot: room.botAccount.userId,
        room_id: room.roomId,
      });
    });
  });

  describe('confirm and cancel', () => {
    const codeIn = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1] ?? '';

    test('take the code as a phone capitalizes it', async () => {
      const dropped = codeIn(await room.ask('create-user by-phone typed-by-hand-2 --admin'));
      expect(await room.ask(`Cancel ${dropped.toUpperCase()}`)).toContain('Nothing was done');
      expect(exists('by-phone')).toBe(false);
      const plan = await room.ask('create-user by-phone typed-by-hand-2 --admin');
      expect(await room.ask(`Confirm ${codeIn(plan).toUpperCase()}`)).toContain('✅ Created');
      expect(exists('by-phone')).toBe(true);
    });

    test.each([
      ['confirm', '❌ `confirm` needs `<code>`'],
      ['cancel', '❌ `cancel` needs `<code>`'],
      ['confirm 11111', '❌ There is no plan with the code `11111`'],
      ['cancel 11111', '❌ There is no plan with the code `11111`'],
    ])('%j is answered with what is wrong', async (line, part) => {
      expect(await room.ask(line)).toContain(part);
    });
  });

  describe('job', () => {
    test('list says that there have been none', async () => {
      expect(await room.ask('job list')).toBe('There have been no jobs.');
    });

    test('list and show tell of one that ended, and why an item of it failed', async () => {
      const plan = await room.askWith('user create-list', 'worker-1,typed-by-hand-3\nworker-2,typed-by-hand-4');
      await registerUser(server, 'worker-2');
      const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
      const begun = await room.ask(`confirm ${code}`);
      const id = /job cancel ([a-z0-9]+)/.exec(begun)?.[1] ?? '';
      await room.admin.waitForEvent(room.roomId, ({ content }) => content['dev.castellan.job'] === id);

      const list = await room.ask('jobs list');
      expect(column(list, 'Job')).toEqual([id]);
      expect(column(list, 'Command')).toEqual(['user create-list']);
      expect(column(list, 'Done')).toEqual(['2 of 2']);
      const shown = await room.ask(`job show ${id.toUpperCase()}`);
      expect(Object.fromEntries(bodyTable(shown))).toMatchObject({
        By: room.admin.userId,
        Items: '2',
        Done: '1',
        Skipped: '1',
        'Not begun': '0',
        [`@worker-2:${server.serverName}`]: 'skipped',
      });
      expect(shown).toContain('made by someone else since the plan was shown');
      expect(jsonIn(await room.ask(`job show ${id} -o json`))).toMatchObject({
        id,
        counts: { done: 1, skipped: 1 },
        undone: [{ target: `@worker-2:${server.serverName}`, state: 'skipped' }],
      });
      expect(await room.ask(`job cancel ${id}`)).toContain(`❌ The job \`${id}\` has ended already`);
    });

    test('list shows the newest first', async () => {
      await runJob(room, 'user deactivate-all', 'worker-1', '1');
      expect(column(await room.ask('job list'), 'Command')).toEqual(['user deactivate-all', 'user create-list']);
    });

    test.each(['show', 'cancel'])('%s says when there is no such job', async (what) => {
      expect(await room.ask(`job ${what} 11111`)).toContain('❌ There is no job `11111`.');
      expect(await room.ask(`job ${what}`)).toContain('needs `<job>`');
    });
  });

  describe('server', () => {
    test('version is what the server says', async () => {
      const { server_version: version } = await room.admin.admin('GET', '/v1/server_version');
      for (const line of ['server version', 'version', 'Server Version'])
        expect(await room.ask(line)).toBe(`Synapse ${version}`);
      expect(jsonIn(await room.ask('version -o json'))).toEqual({ server_version: version });
    });

    /** Sends the line and returns the announcement that it made. */
    async function announced(line: string) {
      const before = new Set((await room.admin.messages(room.roomId)).map(({ event_id }) => event_id));
      expect(await room.ask(`server admin-notice ${line}`)).toBe('✅ Announced.');
      const made = (await room.admin.messages(room.roomId)).filter(
        ({ event_id, content }) => !before.has(event_id) && 'room' in Object(content['m.mentions']),
      );
      expect(made).toHaveLength(1);
      return made[0];
    }

    test('admin-notice notifies everybody in the room', async () => {
      const second = await registerUser(server, 'second', { admin: true });
      await room.botAccount.invite(room.roomId, second.userId);
      await second.join(room.roomId);
      const event = await announced('Restart at 22:00 UTC');
      expect(event?.sender).toBe(room.botAccount.userId);
      expect(event?.content).toMatchObject({
        msgtype: 'm.text',
        body: `@room 📢 Restart at 22:00 UTC (${room.admin.userId})`,
        'm.mentions': { room: true },
      });
      const notified = await second.request<{ notifications: { event: { event_id: string } }[] }>(
        'GET',
        '/_matrix/client/v3/notifications?only=highlight',
      );
      expect(notified.notifications.map((one) => one.event.event_id)).toContain(event?.event_id);
    });

    test.each([
      [`"Restart -at 22:00" --force -o json 'it is`, `"Restart -at 22:00" --force -o json 'it is`],
      ['"All of it"', 'All of it'],
      ['“All of it”', 'All of it'],
      ['it\\s  two  spaces', 'it\\s  two  spaces'],
      ['-- --force', '--force'],
      ['— as always —', '— as always —'],
      ['**bold** <b>x</b> [a](https://b.test) `c` | d &amp;', '**bold** <b>x</b> [a](https://b.test) `c` | d &amp;'],
      ['evil\u202Etxt\u0007', 'eviltxt'],
    ])('admin-notice sends %j as it was typed, to be shown as text', async (typed, shown) => {
      const event = await announced(typed);
      expect(event?.content.body).toBe(`@room 📢 ${shown} (${room.admin.userId})`);
      expect(event?.content).not.toHaveProperty('formatted_body');
    });

    test('admin-notice cuts nothing: it sends a long text whole, and refuses one that is too long', async () => {
      const long = 'word '.repeat(3_000).trim();
      expect((await announced(long))?.content.body).toContain(long);
      const answer = await room.ask(`server admin-notice ${'word '.repeat(10_000)}`);
      expect(answer).toMatch(/^❌ The text has 49,999 bytes, and a notice takes at most 20,000\. Nothing was sent\./);
    });

    test.each([
      ['server admin-notice', '❌ `server admin-notice` needs `<text>`'],
      ['server admin-notice --force now', '❌ `--force` is no flag of `server admin-notice`'],
      ['server admin-notice first\nsecond', '❌ `server admin-notice` takes no block and no text below its line'],
    ])('%j is refused', async (line, part) => {
      expect(await room.ask(line)).toContain(part);
    });
  });
});
