import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { bodyTable, column } from './tables.ts';

const part = encodeURIComponent;

describeWithSynapse('reports', () => {
  let server: Synapse;
  let room: AdminRoom;
  let alice: TestClient;
  let mallory: TestClient;
  let square: string;
  let attic: string;

  beforeAll(async () => {
    server = await startSynapse({ config: { rc_reports: { per_second: 1000, burst_count: 1000 } } });
    alice = await registerUser(server, 'alice');
    mallory = await registerUser(server, 'mallory');
    square = await alice.createRoom({ preset: 'public_chat', name: 'Square | <b>' });
    await mallory.join(square);
    attic = await alice.createRoom({ preset: 'public_chat', name: 'Attic' });
    await mallory.join(attic);
    // What was reported before the bot came is no news.
    await report(alice, square, await mallory.send(square, 'an old insult'), 'old');
    room = await openAdminRoom(server, { config: { notify: { every: '1s', registrations: true } } });
    await room.admin.liftLimits(mallory.userId);
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  async function report(by: TestClient, roomId: string, eventId: string, reason?: string): Promise<void> {
    const path = `/_matrix/client/v3/rooms/${part(roomId)}/report/${part(eventId)}`;
    await by.request('POST', path, reason === undefined ? {} : { reason, score: -100 });
  }
  const reportUser = (by: TestClient, userId: string, reason: string) =>
    by.request('POST', `/_matrix/client/v3/users/${part(userId)}/report`, { reason });
  const own = async (noun: string) =>
    (await room.admin.admin('GET', `/v1/${noun}?limit=1000`))[noun] as { id: number }[];

  /** What the bot has posted of its own accord. */
  async function posted(pattern: RegExp): Promise<readonly string[]> {
    const events = await room.admin.messages(room.roomId);
    return events
      .filter(({ sender, type }) => sender === room.botAccount.userId && type === 'm.room.message')
      .filter(({ content }) => content['dev.castellan.for'] === undefined)
      .map(bodyOf)
      .filter((body) => pattern.test(body));
  }
  const isPosted = (pattern: RegExp) =>
    vi.waitFor(async () => expect((await posted(pattern)).length).toBeGreaterThan(0), { timeout: 240_000 });

  describe('as they come', () => {
    test('a reported message is posted once, with how to look at it', async () => {
      await report(alice, square, await mallory.send(square, 'you *are* <b>bad</b>'), 'rude | `x` [link](https://x)');
      await isPosted(/rude/);
      const [said = ''] = await posted(/rude/);
      expect(said).toContain(`${alice.userId}\` has reported a message of \`${mallory.userId}`);
      expect(said).toContain(square);
      const next = /`!admin (report show \d+)`/.exec(said)?.[1] ?? '';
      expect(await room.ask(next)).toContain('you *are* <b>bad</b>');
    });

    test('so is a reported person', async () => {
      await reportUser(alice, mallory.userId, 'everywhere');
      await isPosted(/everywhere/);
      const [said = ''] = await posted(/everywhere/);
      expect(said).toContain(`${alice.userId}\` has reported \`${mallory.userId}`);
      const next = /`!admin (report show u\d+)`/.exec(said)?.[1] ?? '';
      expect(Object.fromEntries(bodyTable(await room.ask(next)))).toMatchObject({
        Who: mallory.userId,
        'Reported by': alice.userId,
        Reason: 'everywhere',
      });
    });

    test('and a new account', async () => {
      await registerUser(server, 'newcomer');
      await isPosted(/@newcomer:/);
      expect((await posted(/@newcomer:/))[0]).toContain('!admin user details @newcomer:');
    });

    test('what comes while the bot is down is posted when it is back, and nothing a second time', async () => {
      await room.bot().kill();
      await report(alice, square, await mallory.send(square, 'while you were out'), 'behind your back');
      await registerUser(server, 'nightowl');
      await room.start();
      await isPosted(/behind your back/);
      await isPosted(/@nightowl:/);
      await room.bot().stop();
      await room.start();
      await reportUser(mallory, alice.userId, 'the last of them');
      await isPosted(/the last of them/);
      for (const pattern of [/rude/, /everywhere/, /@newcomer:/, /behind your back/, /@nightowl:/, /the last of them/])
        expect(await posted(pattern), String(pattern)).toHaveLength(1);
    });

    test('a flood of reports makes ten messages', async () => {
      const before = (await posted(/🚩|more report/)).length;
      await room.bot().stop();
      for (let n = 0; n < 25; n++) await report(alice, square, await mallory.send(square, `flood ${n}`), `flood ${n}`);
      await room.start();
      await isPosted(/and 16 more reports: `!admin report list`/);
      expect((await posted(/🚩|more report/)).length).toBe(before + 10);
    });

    test('what was there before the bot came is not posted', async () => {
      expect(await posted(/reason.*old|“old”/)).toEqual([]);
      expect(await posted(/New account: `@(alice|mallory):/)).toEqual([]);
    });

    test('switched off, nothing is posted, and what came meanwhile is no news later', async () => {
      await room.bot().stop();
      room.configure({ notify: { reports: false, every: '1s' } });
      await room.start();
      await report(alice, square, await mallory.send(square, 'hush'), 'in the quiet time');
      await room.ask('bot status');
      await room.bot().stop();
      room.configure({ notify: { every: '1s' } });
      await room.start();
      await room.bot().said(/"msg":"ready"/);
      await vi.waitFor(
        async () => {
          await report(alice, square, await mallory.send(square, 'now'), 'in the loud time');
          expect((await posted(/in the loud time/)).length).toBeGreaterThan(0);
        },
        { timeout: 240_000 },
      );
      expect(await posted(/in the quiet time/)).toEqual([]);
    });
  });

  describe('list', () => {
    test('shows the newest first, with who, where and why', async () => {
      await report(alice, attic, await mallory.send(attic, 'in the attic'), 'upstairs');
      const answer = await room.ask('report list');
      const reports = (await own('event_reports')).map(({ id }) => String(id));
      expect(column(answer, 'Report')).toEqual(reports);
      expect(answer).toContain(
        `\n  Whose message: ${mallory.userId}\n  Reason: upstairs\n  Room: Attic\n  Reported by: ${alice.userId}\n`,
      );
      expect(answer).toMatch(new RegExp(`^${reports.length} reported messages\\.`));
    });

    test('is narrowed by person, reporter and room', async () => {
      expect(await room.ask(`report list --user ${alice.userId}`)).toContain('None.');
      expect(column(await room.ask(`report list --user mallory --room ${attic}`), 'Reason')).toEqual(['upstairs']);
      expect(await room.ask('report list --reporter mallory')).toContain('None.');
      expect(column(await room.ask('report list --reporter alice -l 1'), 'Reason')).toEqual(['upstairs']);
      expect(await room.ask('report list --room #nowhere')).toContain('leads nowhere');
    });

    test('is paged and turned round, and gives the data of the server', async () => {
      const all = column(await room.ask('report list --all'), 'Report');
      expect(column(await room.ask('report list -l 2 --page 2'), 'Report')).toEqual(all.slice(2, 4));
      expect(column(await room.ask('report list -r'), 'Report')).toEqual(all.toReversed());
      expect(await room.ask('report list --page 99')).toContain('❌ The list ends at');
      expect(await room.ask('report list --sort size')).toContain('❌');
      expect(jsonIn(await room.ask('report list -l 1 -o json'))).toEqual((await own('event_reports')).slice(0, 1));
    });
  });

  describe('users', () => {
    test('shows the people who were reported, the newest first', async () => {
      const answer = await room.ask('report users');
      expect(column(answer, 'Report')).toEqual((await own('user_reports')).map(({ id }) => `u${id}`));
      expect(column(answer, 'Reason')).toEqual(['the last of them', 'everywhere']);
      expect(column(await room.ask('report users --user alice'), 'Reason')).toEqual(['the last of them']);
      expect(column(await room.ask('report users --reporter alice --all'), 'Reason')).toEqual(['everywhere']);
      expect(column(await room.ask('report users -r -l 1'), 'Reason')).toEqual(['everywhere']);
    });
  });

  describe('show and delete', () => {
    test('an encrypted message is not shown', async () => {
      const event = await mallory.send(
        attic,
        { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'xyz' },
        'm.room.encrypted',
      );
      await report(alice, attic, event, 'cannot read it');
      const [id] = column(await room.ask('report list -l 1'), 'Report');
      expect(await room.ask(`report show ${id}`)).toContain('The message is encrypted');
    });

    test.each([
      ['event_reports', 'report list -l 1'],
      ['user_reports', 'report users -l 1'],
    ])('one of %s is deleted after a yes, and what it is about stays', async (noun, list) => {
      const [id] = column(await room.ask(list), 'Report');
      const before = await own(noun);
      expect(await room.ask(`report delete ${id} --dry-run`)).toContain('Dry run: nothing was done.');
      expect(await own(noun)).toEqual(before);
      expect(await room.askAndConfirm(`report delete ${id}`)).toContain('✅ Deleted the report');
      expect(await own(noun)).toEqual(before.slice(1));
      expect(await room.ask(`report show ${id}`)).toContain(`❌ There is no report \`${id}\`.`);
      expect(await room.ask(`report delete ${id}`)).toContain('There is no report');
    });

    test.each(['show', 'delete'])('%s says what is no report', async (name) => {
      expect(await room.ask(`report ${name} 999999`)).toContain('There is no report `999999`.');
      expect(await room.ask(`report ${name} twelve`)).toContain('`twelve` is no report');
      expect(await room.ask(`report ${name} 1e5`)).toContain('is no report');
      expect(await room.ask(`report ${name} ../1`)).toContain('is no report');
      expect(await room.ask(`report ${name}`)).toContain('needs `<report>`');
    });
  });
});
