import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { failure, usage, type Version } from './native-homeserver.ts';
import { openRelayLab, type RelayLab } from './relay-lab.ts';
import type { DialectName, Manner } from './scripted-server-user.ts';
import { fromStore } from './store-file.ts';
import { column } from './tables.ts';
import { testWhere } from './test-where.ts';

type Row = readonly [how: string, manner: Manner];

const late: Row = ['late', { delayMs: 700 }];
const logged: Row = ['with log lines before it', { logs: ['one', 'two | three'] }];
const file: Row = ['as a file', { file: true }];
const side: Row = ['after messages that answer nothing', { before: ['Making @x:y leave all rooms...', 'New user.'] }];
const parts: Row = ['in parts', { parts: 3 }];
const thread: Row = ['in a thread', { thread: true }];

/** What each of them does. */
const mannersOf: Readonly<Record<DialectName, readonly Row[]>> = {
  continuwuity: [late, logged, file, side],
  tuwunel: [late, logged, file, side, parts, thread],
  palpo: [late, logged, side],
  conduit: [late],
};

/** As each of them says that it broke off, or could not tell. */
const unposted =
  'Failed to build and append admin room PDU: "too large"\n\nThe original admin command may have finished successfully, but we could not return the output.';

/** Every way in which these homeservers may answer or fail to, through the real bot. */
export function describeManners(dialects: readonly (readonly [DialectName, Version])[]): void {
  describeWithSynapse(`how ${dialects.map(([dialect]) => dialect).join(' and ')} may answer`, () => {
    let server: Synapse;
    const labs = new Map<DialectName, RelayLab>();
    beforeAll(async () => {
      server = await startSynapse({ name: `relay-manners-${dialects[0]?.[0]}` });
      await Promise.all(
        dialects.map(async ([dialect, version]) => {
          const lab = await openRelayLab(server, dialect, { version, timeout: '3s' });
          for (let n = 1; n <= 30; n++) lab.native.state.users.add(`victim${n}`);
          labs.set(dialect, lab);
        }),
      );
    });
    afterAll(async () => {
      for (const lab of labs.values()) await lab.close();
      await server?.stop();
    });

    describe.each(dialects)('%s %s', (dialect) => {
      const rows = mannersOf[dialect];
      let lab: RelayLab;
      let made = 0;
      const user = (name: string) => `@${name}:${server.serverName}`;
      beforeAll(() => {
        lab = labs.get(dialect) as RelayLab;
      });

      /** Closes an account of its own, answered in this way. */
      async function closed(manner: Manner): Promise<{ readonly name: string; readonly answer: string }> {
        made += 1;
        const name = `victim${made}`;
        lab.native.next(new RegExp(`deactivate.*@${name}`), manner);
        return { name, answer: await lab.room.askAndConfirm(`user deactivate ${name}`, user(name)) };
      }
      const sentFor = (name: string) =>
        lab.native.asked.filter((body) => body.includes('deactivate') && body.includes(`@${name}:`));
      const recorded = () =>
        fromStore(
          lab.room.dataDir,
          "SELECT json_extract(record, '$.outcome') AS outcome FROM audit WHERE command = 'user deactivate' ORDER BY seq DESC LIMIT 1",
        )[0]?.outcome;

      test.each(rows)('a list that comes %s is that list', async (_, manner) => {
        lab.native.next(/list-(local-)?users/, manner);
        expect(column(await lab.room.ask('user list-users'), 'User')).toContain(lab.admin.userId);
        // What was read a moment ago is good until something is changed.
        expect((await closed({})).answer).toMatch(/^✅ Deactivated/);
      });

      test.each(rows)('a success that comes %s is that success', async (_, manner) => {
        const { name, answer } = await closed(manner);
        expect(answer).toMatch(/^✅ Deactivated/);
        expect(sentFor(name)).toHaveLength(1);
        expect(recorded()).toBe('done');
      });

      testWhere(dialect !== 'conduit')('an answer that comes after the next one’s is its own', async () => {
        lab.native.next(/list-users/, { afterNext: true });
        const asked = lab.native.asked.length;
        const answer = lab.room.ask('user list-users');
        await vi.waitFor(() => expect(lab.native.asked.length).toBeGreaterThan(asked), 10_000);
        await lab.admin.send(
          lab.native.roomId,
          `${dialect === 'palpo' ? `${lab.native.client.userId}:` : '!admin'} help`,
        );
        expect(column(await answer, 'User')).toContain(lab.admin.userId);
      });

      test('no answer leaves a write unknown: said so, recorded so, and never sent again', async () => {
        const { name, answer } = await closed({ silent: true });
        expect(answer).toMatch(/^⚠️ The homeserver gave no answer in its admin room within 3 s/);
        expect(answer).toContain('may have been done, or may still be done');
        expect(answer).not.toContain('✅');
        expect(recorded()).toBe('unknown');
        expect(await lab.room.ask('user available somebody')).toMatch(/^(Yes|No|✅)/);
        expect(sentFor(name)).toHaveLength(1);
      });

      const broken: readonly (readonly [string, Manner])[] =
        dialect === 'conduit'
          ? []
          : [
              ['a panic', { panic: true }],
              ['an answer that could not be posted', { text: unposted }],
            ];
      test.each([
        ...broken,
        ['an empty answer', { idle: true, text: '' }],
        ['a success about somebody else', { idle: true, text: 'User @eve:x.org has been deactivated' }],
        ['words that nobody knows', { idle: true, text: 'All good, trust me.' }],
      ] as const)('%s is no success, and leaves it unknown', async (_, manner) => {
        const { name, answer } = await closed(manner);
        expect(answer).toMatch(/^⚠️/);
        expect(answer).not.toContain('✅');
        expect(recorded()).toBe('unknown');
        expect(sentFor(name)).toHaveLength(1);
      });

      test.each([
        [
          'an error',
          dialect === 'conduit'
            ? 'Encountered an error while handling the command:\n```\nDatabase is gone\n```'
            : failure(dialect, 'Database is gone'),
          /^❌ The homeserver refused: Database is gone/,
        ],
        ['a usage text', usage("unexpected argument 'x' found"), /^❌ The homeserver does not understand/],
      ])('%s is a failure', async (_, text, words) => {
        const { name, answer } = await closed({ idle: true, text });
        expect(answer).toMatch(words);
        expect(recorded()).toBe('failed');
        expect(sentFor(name)).toHaveLength(1);
      });

      test('two writes at once go out one after the other, each with its own answer', async () => {
        lab.native.next(/create-user/, { delayMs: 300 });
        const before = (await lab.native.client.messages(lab.native.roomId)).length;
        const names = [`one${dialect}`, `two${dialect}`];
        const answers = await Promise.all(names.map((name) => lab.room.ask(`user create-user ${name}`)));
        for (const [at, name] of names.entries()) expect(answers[at]).toContain(`✅ Created \`${user(name)}\``);
        const said = (await lab.native.client.messages(lab.native.roomId))
          .slice(before)
          .filter(({ type }) => type === 'm.room.message')
          .map(({ sender }) => (sender === lab.room.botAccount.userId ? 'bot' : 'server'));
        expect(said).toEqual(said.map((_, at) => (at % 2 === 0 ? 'bot' : 'server')));
        expect(said.length).toBeGreaterThanOrEqual(4);
      });

      test('its help is shown as help, and is no failure', async () => {
        const answer = await lab.room.askAndConfirm('native -- --help');
        expect(answer).toContain('Usage: admin <COMMAND>');
        expect(answer).not.toContain('❌');
      });

      test.each([
        'create-user help',
        'users create-user help',
        'user create-user help',
        'users reset-password bob -- --help',
      ])('what only looks like a question for help makes no secret in the open: %s', async (line) => {
        const before = lab.native.asked.length;
        expect(await lab.room.askAndConfirm(`native ${line}`)).toContain('Nothing was sent');
        expect(lab.native.asked).toHaveLength(before);
      });
    });
  });
}
