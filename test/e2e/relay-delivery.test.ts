import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { bodyOf } from './admin-room.ts';
import { failure } from './native-homeserver.ts';
import { openRelayLab, type RelayLab } from './relay-lab.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { fromStore } from './store-file.ts';
import { column } from './tables.ts';

describeWithSynapse('how the homeserver answers in its own room', () => {
  let server: Synapse;
  let fast: RelayLab;
  let conduit: RelayLab;
  const user = (name: string) => `@${name}:${server.serverName}`;

  beforeAll(async () => {
    server = await startSynapse({ name: 'relay-delivery' });
    [fast, conduit] = await Promise.all([
      openRelayLab(server, 'tuwunel', { version: '1.9', timeout: '4s' }),
      openRelayLab(server, 'conduit', { version: '0.10', timeout: '3s' }),
    ]);
    for (const lab of [fast, conduit])
      for (const name of ['bob', 'carol', 'dora', 'eve', 'frank', 'grace', 'heidi', 'ivan'])
        lab.native.state.users.add(name);
  });
  afterAll(async () => {
    await fast?.close();
    await conduit?.close();
    await server?.stop();
  });

  const sentOf = (lab: RelayLab, pattern: RegExp) => lab.native.asked.filter((body) => pattern.test(body));

  describe('where answers say what they answer', () => {
    test.each([
      ['late', { delayMs: 1_500 }],
      ['in a thread', { thread: true }],
      ['in parts', { parts: 3 }],
      ['as a file', { file: true }],
      ['with log lines before it', { logs: ['Created user', 'joined #lobby | and more'] }],
      [
        'after messages of its own',
        { before: ['Making @bob:x.org leave all rooms after deactivation...', 'New user @x:y registered.'] },
      ],
    ] as const)('a list that comes %s is the list', async (_, manner) => {
      fast.native.next(/list-users/, manner);
      expect(column(await fast.room.ask('user list-users'), 'User')).toContain(user('bob'));
    });

    test('a success after a side message, with logs, in parts, is a success', async () => {
      fast.native.next(/deactivate/, {
        before: ['Making @bob:x.org leave all rooms...'],
        logs: ['Forcing user to leave'],
        parts: 2,
      });
      expect(await fast.room.askAndConfirm('user deactivate bob', user('bob'))).toMatch(/^✅ Deactivated/);
    });

    test('a panic is no success, and leaves the outcome unknown', async () => {
      fast.native.next(/deactivate/, { panic: true });
      const answer = await fast.room.askAndConfirm('user deactivate carol', user('carol'));
      expect(answer).toMatch(/^⚠️ The homeserver broke off/);
      expect(answer).toContain('It may have been done, or not');
    });

    test.each([
      ['an error', () => failure('tuwunel', 'Database error'), /^❌ The homeserver refused: Database error/],
      [
        'a usage text',
        () => "error: unexpected argument 'x' found\n\nUsage: admin users deactivate",
        /^❌ The homeserver does not understand/,
      ],
      [
        'words that nobody knows',
        () => 'All good, trust me.',
        /^⚠️ The homeserver's answer .* is not one that I know.*All good, trust me/,
      ],
      ['a success about somebody else', () => 'User @eve:castellan.test has been deactivated', /^⚠️ /],
    ])('%s is no success', async (_, text, words) => {
      fast.native.next(/deactivate/, { text: text(), idle: true });
      const answer = await fast.room.askAndConfirm('user deactivate dora', user('dora'));
      expect(answer).toMatch(words);
      expect(answer).not.toContain('✅');
    });

    test('a success that its own list contradicts is none', async () => {
      fast.native.next(/deactivate @ivan/, { idle: true, text: `User ${user('ivan')} has been deactivated` });
      expect(await fast.room.askAndConfirm('user deactivate ivan', user('ivan'))).toMatch(
        /^⚠️ .* still lists it among the open/,
      );
    });

    test('no answer leaves a write unknown: said so, recorded so, told to the requester, and never sent again', async () => {
      fast.native.next(/deactivate/, { silent: true });
      const answer = await fast.room.askAndConfirm('user deactivate eve', user('eve'));
      expect(answer).toMatch(/^⚠️ The homeserver gave no answer in its admin room within 4 s/);
      expect(answer).toContain('may have been done, or may still be done');
      expect(answer).toContain('nothing answers there');
      expect(sentOf(fast, /deactivate @eve/)).toHaveLength(1);
      const [record] = fromStore(
        fast.room.dataDir,
        "SELECT json_extract(record, '$.outcome') AS outcome FROM audit WHERE command = ? ORDER BY seq DESC LIMIT 1",
        'user deactivate',
      );
      expect(record?.outcome).toBe('unknown');
    });

    test('an item of a job without an answer is unknown, and the job goes on with the next', async () => {
      fast.native.next(/deactivate @frank/, { silent: true });
      const answer = await fast.room.askAndConfirm('user deactivate-all', '2', 'frank\ngrace');
      const report = bodyOf(await jobEnd(fast.room, jobIn(answer)));
      expect(report).toMatch(/frank.*no answer|unknown/s);
      expect(sentOf(fast, /deactivate @frank/)).toHaveLength(1);
      expect(fast.native.state.users).not.toContain('grace');
    });

    test('a bot killed while it waits does not send it again when it starts, and says that it may have been done', async () => {
      fast.native.next(/deactivate @heidi/, { silent: true });
      const plan = await fast.room.ask('user deactivate heidi');
      const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1] ?? '';
      const confirmation = await fast.admin.send(fast.room.roomId, `!admin confirm ${code} ${user('heidi')}`);
      await vi.waitFor(() => expect(sentOf(fast, /deactivate @heidi/)).toHaveLength(1), 20_000);
      await fast.room.bot().kill();
      await fast.room.start();
      const answer = bodyOf(await fast.room.answerTo(confirmation));
      expect(answer).toContain('may have been applied');
      expect(sentOf(fast, /deactivate @heidi/)).toHaveLength(1);
    });
  });

  describe('where answers only come in order', () => {
    test.each([
      ['late', { delayMs: 1_200 }],
      ['after notices', { before: [] }],
    ] as const)('a list that comes %s is the list', async (_, manner) => {
      await conduit.native.client.send(conduit.native.roomId, {
        msgtype: 'm.notice',
        body: 'New user @x:y registered.',
      });
      conduit.native.next(/list-local-users/, manner);
      expect(column(await conduit.room.ask('user list-users'), 'User')).toContain(user('bob'));
    });

    test("an admin's own commands in that room get their own answers, and the bot gets its", async () => {
      const mine = `${conduit.native.client.userId}: memory-usage`;
      await conduit.admin.send(conduit.native.roomId, mine);
      const answers = await Promise.all([conduit.room.ask('user list-users'), conduit.room.ask('allow-registration')]);
      expect(column(answers[0], 'User')).toContain(user('bob'));
      expect(answers[1]).toContain('Registration is **closed**');
    });

    test('an answer that comes after it was given up is not the next one’s', async () => {
      conduit.native.next(/deactivate-user/, { delayMs: 4_500 });
      const answer = await conduit.room.askAndConfirm('user deactivate bob', user('bob'));
      expect(answer).toContain('may have been done, or may still be done');
      // The next command waits until the order is clear again, and then gets its own answer.
      const room = '!a:castellan.test';
      conduit.native.state.rooms.set(room, { members: [], name: '' });
      const disabled = await conduit.room.ask('allow-registration');
      if (!disabled.startsWith('❌')) expect(disabled).toContain('Registration is');
      expect(await conduit.room.ask('allow-registration')).toContain('Registration is **closed**');
      expect(sentOf(conduit, /deactivate-user/)).toHaveLength(1);
    });

    test('no answer leaves a write unknown, and the bot finds its place again', async () => {
      conduit.native.next(/deactivate-user/, { silent: true });
      expect(await conduit.room.askAndConfirm('user deactivate carol', user('carol'))).toMatch(/^⚠️/);
      expect(column(await conduit.room.ask('user list-users'), 'User')).toContain(user('dora'));
    });
  });
});
