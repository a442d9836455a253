import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { extraRows } from '../homeserver/relay/extra-rows.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import type { Version } from './native-homeserver.ts';
import { openRelayLab, type RelayLab } from './relay-lab.ts';
import type { DialectName } from './scripted-server-user.ts';

const versions: Readonly<Record<DialectName, Version>> = {
  continuwuity: '26.8',
  tuwunel: '1.9',
  palpo: '0.4',
  conduit: '0.10',
};

describeWithSynapse('what only some homeservers have, through the bot', () => {
  let server: Synapse;
  beforeAll(async () => {
    server = await startSynapse({ name: 'relay-extras' });
  });
  afterAll(async () => {
    await server?.stop();
  });

  const dialects = Object.entries(extraRows) as [DialectName, (typeof extraRows)[DialectName]][];
  describe.each(dialects.filter(([, rows]) => rows.length > 0))('%s', (dialect, rows) => {
    let lab: RelayLab;
    const here = (text: string) => text.replaceAll('x.org', server.serverName);
    beforeAll(async () => {
      lab = await openRelayLab(server, dialect, { version: versions[dialect] });
    });
    afterAll(async () => {
      await lab?.close();
    });

    /** What the bot says in the end, after a yes where it asks for one. */
    async function tell(typed: string): Promise<string> {
      const [line = '', ...below] = here(typed).split('\n');
      const { room } = lab;
      const answer = await (below.length === 0 ? room.ask(line) : room.askWith(line, below.join('\n')));
      const [, code, word = ''] = /confirm ([a-z0-9]{5})(?: `?([^\s`]+))?/.exec(answer) ?? [];
      return code === undefined ? answer : room.ask(`confirm ${code} ${word}`.trim());
    }

    test.each(rows.map((row) => [row.typed, row] as const))('%s', async (_, { typed, sent, says, shows }) => {
      lab.native.next(/./, { text: here(says) });
      const answer = await tell(typed);
      expect(answer).not.toMatch(/^(❌|⚠️|❓)/);
      expect(answer).toContain(here(shows));
      expect(lab.native.asked.at(-1)?.endsWith(here(sent))).toBe(true);
    });

    const many = (line: string) => Array.from({ length: 300 }, () => line).join('\n');
    // Where an answer may come in parts, each of which looks like all of it.
    const open = [
      ['user last-active', many('2026-11-21T10:00:00.000  one'), many('2026-11-20T10:00:00.000  last')],
      [
        'room info !a:x.org',
        `\`\`\`\nRoom information for !a:x.org\n\nTopic:\n${many('one more line of it, and on')}\n\`\`\``,
        `\`\`\`\n${many('last')}\n\n\n\n\`\`\``,
      ],
    ] as const;
    test.each(dialect === 'tuwunel' ? open : [])('%s is read to its last part', async (typed, first, second) => {
      lab.native.next(/./, { text: here(`${first}\n${second}`), parts: 2 });
      expect(await tell(`${typed} -o json`)).toContain('last');
    });
  });

  describe('where it does not go as wished', () => {
    let lab: RelayLab;
    const alice = () => `@alice:${server.serverName}`;
    beforeAll(async () => {
      lab = await openRelayLab(server, 'continuwuity', { version: '26.8', timeout: '2s' });
    });
    afterAll(async () => {
      await lab?.close();
    });

    test('a room whose name goes over a line break adds no room to a list', async () => {
      const line = (name: string) => `!a:y.org\tInviter: @eve:y.org\tMembers: 3\tName: ${name}`;
      const body = line(`Lobby\n${line('Trust me')}`);
      lab.native.next(/list-invited-rooms/, {
        text: `Rooms ${alice()} is Invited to (1):\n\`\`\`\n${body}\n\`\`\``,
      });
      const answer = await lab.room.ask('user list-invited-rooms alice');
      expect(answer).toContain('holds a line break');
      expect(answer).not.toContain('Trust me');
    });

    test('a name of tags and pings in a list stays a text', async () => {
      const body = '!a:y.org\tMembers: 3\tName: ``` <b>@room</b> [x](https://evil.example)';
      lab.native.next(/list-invited-rooms/, {
        text: `Rooms ${alice()} is Invited to (1):\n\`\`\`\n${body}\n\`\`\``,
      });
      const asked = await lab.admin.send(lab.room.roomId, '!admin user list-invited-rooms alice');
      const { content } = await lab.room.answerTo(asked);
      expect(content.formatted_body).not.toMatch(/<b>|<a /);
      expect(content['m.mentions']).not.toMatchObject({ room: true });
    });

    test('an event in which the bot handed out a secret is not shown', async () => {
      const { native, room } = lab;
      const content = { body: 'the password: 7hFq', 'dev.castellan.secret': true };
      const pdu = { sender: room.botAccount.userId, type: 'm.room.message', room_id: '!direct:x.org', content };
      const text = `PDU found in our database:\n\`\`\`json\n${JSON.stringify(pdu, null, 2)}\n\`\`\``;
      for (const line of [
        'room event $said',
        'room event $said -o json',
        'debug get-short-pdu 1 2',
        'native debug get-short-pdu 1 2',
      ]) {
        native.next(/pdu/, { text });
        const answer = line.startsWith('native') ? await room.askAndConfirm(line) : await room.ask(line);
        expect(answer, line).toMatch(/^room event|•••|so it is not shown/);
        expect(answer, line).not.toContain('7hFq');
      }
    });

    test('a success that is about somebody else is none', async () => {
      lab.native.next(/enable-login/, { text: `@bob:${server.serverName} can now log in.` });
      expect(await lab.room.ask('user enable-login alice')).toMatch(/may have been made, or not/);
    });

    test('an answer that does not come leaves it unknown, and nothing is sent twice', async () => {
      const before = lab.native.asked.length;
      lab.native.next(/trim-memory/, { silent: true });
      expect(await lab.room.ask('debug trim-memory')).toMatch(/^❓|unknown|may have/i);
      expect(lab.native.asked.length).toBe(before + 1);
    });

    test('what comes as a file, behind lines of a log, is shown', async () => {
      const long = `Name: ${'x'.repeat(9_000)}`;
      lab.native.next(/get-room-state/, { text: `\`\`\`json\n[]\n${long}\n\`\`\``, file: true, logs: ['one | two'] });
      const answer = await lab.room.ask('debug get-room-state !a:y.org');
      expect(answer).toContain('xxxx');
      expect(answer).not.toContain('one | two');
    });

    test.each([
      'user reject-all-invites',
      'user reset-push-rules',
      'user disable-login',
      'query pusher delete-all-user',
    ])('%s is refused for the account of the bot, and nothing is sent', async (command) => {
      const before = lab.native.asked.length;
      expect(await lab.room.ask(`${command} ${lab.room.botAccount.userId}`)).toMatch(/^❌ .* is me\./);
      expect(lab.native.asked.length).toBe(before);
    });

    test('the files of a server are deleted for its name, typed exactly, and for nothing else', async () => {
      const plan = await lab.room.ask('media delete-all-from-server spam.example');
      const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
      const before = lab.native.asked.length;
      expect(await lab.room.ask(`confirm ${code} spam.exampel`)).toMatch(/^❌/);
      expect(lab.native.asked.length).toBe(before);
      lab.native.next(/delete-all-from-server/, { text: 'Deleted 3 total files.' });
      expect(await lab.room.ask(`confirm ${code} spam.example`)).toContain('Deleted 3 files');
    });

    test('whoever asks for what is stored stands in the audit trail', async () => {
      lab.native.next(/room-members/, { text: 'Query completed in 1ms:\n\n```rs\n[]\n```' });
      await lab.room.ask('query room-state-cache room-members !a:y.org');
      const number = /No\.: (\d+)/.exec(await lab.room.ask('audit list'))?.[1];
      expect(await lab.room.ask(`audit show ${number}`)).toMatch(/"room-members","!a:y.org"/);
    });

    test('what a dialect lacks is said, with the nearest thing it has', async () => {
      const answer = await lab.room.ask('user add-email alice alice@example.org --yes-i-want-to-do-this');
      expect(answer).toMatch(/no way to do this/);
      expect(answer).toContain('user change-email');
    });
  });
});
