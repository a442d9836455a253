import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loginPassword, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { testPassword } from '../homeserver/register-user.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom, type RoomEvent } from './admin-room.ts';
import { answersTo, fence } from './answered.ts';
import { jsonIn } from './json-in.ts';
import { bodyTable, htmlTable } from './tables.ts';

/** What anyone may call herself: it tries to be emphasis, a tag, a link, a table, a command, a mention, and to hide. */
const hostile =
  '**b** _i_ `c` <b>t</b> [a](https://evil.test) <a href="https://evil.test">x</a> | 1 | 2 |\n| --- |\n!admin help @room\u0000\u0007\u202Etxt.exe\u200B';
/** The same as a cell of a table shows it. */
const shownHostile =
  '**b** _i_ `c` <b>t</b> [a](https://evil.test) <a href="https://evil.test">x</a> | 1 | 2 | | --- | !admin help @room';

describeWithSynapse('bad input', () => {
  let server: Synapse;
  let room: AdminRoom;
  let bob: TestClient;
  let mallory: TestClient;
  /** Everything sent by `answered`, so that in the end it can be seen that nothing was answered twice. */
  const sent: string[] = [];

  beforeAll(async () => {
    server = await startSynapse({ name: 'bad-input' });
    room = await openAdminRoom(server);
    bob = await registerUser(server, 'bob');
    mallory = await registerUser(server, 'mallory');
    await named(mallory, 'bob');
    // Opens the direct room for secrets, so that refusals after it have nothing left to open.
    await room.ask('create-user first');
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  const id = (localpart: string) => `@${localpart}:${server.serverName}`;
  const named = (user: TestClient, displayname: string) =>
    room.admin.admin('PUT', `/v2/users/${encodeURIComponent(user.userId)}`, { displayname });
  const account = (userId: string) => room.admin.admin('GET', `/v2/users/${encodeURIComponent(userId)}`);

  async function answered(content: string | Record<string, unknown>): Promise<RoomEvent> {
    const eventId = await room.admin.send(room.roomId, content);
    sent.push(eventId);
    return room.answerTo(eventId);
  }

  /** Whatever a command could have changed. */
  const state = () => ({
    users: server.queryDatabase(
      'SELECT name, password_hash, admin, deactivated, shadow_banned, locked, suspended FROM users ORDER BY name',
    ),
    names: server.queryDatabase('SELECT user_id, displayname FROM profiles ORDER BY user_id'),
    sessions: server.queryDatabase('SELECT count(*) FROM access_tokens'),
    rooms: server.queryDatabase('SELECT room_id FROM rooms ORDER BY room_id'),
  });

  /** Sends it, expects one ❌ that says these things, and that everything on the server is as it was. */
  async function refusal(content: string | Record<string, unknown>, ...parts: readonly string[]): Promise<string> {
    const before = state();
    const answer = bodyOf(await answered(content));
    expect(answer).toMatch(/^❌ /);
    for (const part of parts) expect(answer).toContain(part);
    expect(answer.length).toBeLessThan(4_000);
    expect(state()).toEqual(before);
    return answer;
  }

  const block = (text: string) => `\`\`\`\n${text}\n\`\`\``;

  type Refused = readonly [content: string | Record<string, unknown>, ...parts: string[]];

  /** The same for many commands, all sent before the first answer is looked at; SERVER stands for the server's name. */
  function refused(cases: readonly Refused[]): void {
    const here = (part: string) => part.replaceAll('SERVER', server.serverName);
    let before: ReturnType<typeof state>;
    let after: ReturnType<typeof state>;
    const answers: string[] = [];

    beforeAll(async () => {
      before = state();
      const ids: string[] = [];
      for (const [content] of cases) {
        ids.push(await room.admin.send(room.roomId, typeof content === 'string' ? `!admin ${content}` : content));
      }
      sent.push(...ids);
      await fence(room);
      const found = new Map((await answersTo(room, ids)).map((event) => [event.content['dev.castellan.for'], event]));
      for (const each of ids) answers.push(String(found.get(each)?.content.body));
      after = state();
    });

    const rows = cases.map(([content, ...parts], at) => {
      const line = typeof content === 'string' ? content : String(content.body);
      return [line.length > 80 ? `${line.slice(0, 80)}…` : line, at, parts] as const;
    });
    test.each(rows)('%j', (_, at, parts) => {
      expect(answers[at]).toMatch(/^❌ /);
      for (const part of parts) expect(answers[at]).toContain(here(part));
      expect(answers[at]?.length).toBeLessThan(4_000);
    });

    test('change nothing', () => expect(after).toEqual(before));
  }

  describe('what is not closed', () => {
    test('a quote in a command that may hold a password, of which nothing is repeated', async () => {
      const answer = await refusal('!admin user reset-password bob "hunter2', 'is never closed');
      expect(answer).not.toContain('hunter2');
    });

    const quote = (mark: string) => [`user details ${mark}bob`, `The quote \`${mark}\` at character 14`] as const;
    const fenced = (below: string) =>
      [`user deactivate-all\n${below}`, 'The block is not closed', 'It ends with'] as const;
    refused([
      ...['"', "'", '“', '„'].map(quote),
      ...['```\nbob', '~~~\nbob', '````\nbob\n```', '```\nbob\n~~~'].map(fenced),
    ]);
  });

  describe('blocks and lines', () => {
    const without = ['user details bob', 'server version', 'bot status', 'server admin-notice hello', 'confirm 11111'];
    refused([
      ...without.map((line) => [`${line}\n${block('bob')}`, 'takes no block', 'Usage: `!admin '] as const),
      ['user details bob\nplease', 'no text below its line'],
      ['user deactivate-all\nbob', 'text that is not in a block', 'three backticks'],
      [`user deactivate-all\n${block('bob')}\nthanks`, 'Below the block there is more text'],
      ['user deactivate-all', 'needs a block of users below it', '+ block of users'],
      [`user deactivate-all\n${block('\n# nobody\n')}`, 'needs a block'],
    ]);

    test('a password that a space divides from its name is not repeated, and its message is removed', async () => {
      const answer = await refusal(
        `!admin user create-list\n${block('new-one hunter2')}`,
        'line 1: ',
        'divided by commas',
        'may have held a secret',
      );
      expect(answer).not.toContain('hunter2');
      const command = sent.at(-1) ?? '';
      await room.admin.waitForEvent(
        room.roomId,
        (event) => event.redacts === command || event.content.redacts === command,
      );
    });

    test('with --skip-invalid the rest is planned, and what is left out is named', async () => {
      const list = `bob\n@u1:elsewhere.test\nbob\n\n# a remark\nno such name\n@mallory:${server.serverName}`;
      const before = state();
      const plan = await room.ask(`user deactivate-all --skip-invalid --dry-run\n${block(list)}`);
      for (const part of ['Deactivate 2 accounts', id('bob'), id('mallory'), 'line 2', 'line 6', '1 repeated line'])
        expect(plan).toContain(part);
      expect(state()).toEqual(before);
    });
  });

  describe('words that do not fit', () => {
    refused([
      ['user details', '`user details` needs `<user>`', 'Usage: `!admin user details <user>`'],
      ['user details bob mallory', 'There is no place for `mallory`', 'Usage: '],
      ['user details bob --frobnicate', '`--frobnicate` is no flag of `user details`', 'Usage: '],
      ['user details bob -z', '`-z` is no flag of `user details`', 'Usage: '],
      ['user deactivate bob --ersae', 'Did you mean `--erase`?', 'Usage: '],
      ['user list --limit', '`--limit` needs a value', 'Usage: '],
      ['user list --limit=', '`--limit`', 'Usage: '],
      ['user list -l 5 --limit 6', 'is given more than once', 'Usage: '],
      ['user list --limit many', '`many` is no whole number', 'Usage: '],
      ['user list --limit 1e5', '`1e5` is no whole number', 'Usage: '],
      ['user list --limit 99999999999999999999', 'is no whole number', 'Usage: '],
      ['user list --limit 0', '`--limit` must be at least 1', 'Usage: '],
      ['user list --from -1', '`--from` must be at least 0', 'Usage: '],
      ['user list --page 2 --from 5', 'give one of them', '--from'],
      ['user list --locked=yes', '`--locked` takes no value', 'Usage: '],
      ['user list --inactive soon', '`soon` is no duration', '`7d`'],
      ['user list --created-after 1700000000', 'seconds', 'Usage: '],
      ['user list --created-after 2026-02-31', '2026-02-31', 'Usage: '],
      ['user list -o xml', '`xml` is no output format', '`json`'],
      ['user details !room:x.test', '`!room:x.test`', 'Usage: '],
      ['room details @bob', '`@bob` is no room', 'Usage: '],
      ['user details ""', '`user`', 'Usage: '],
      ['user details b\u202Eob', 'b\\u{202e}ob', 'Usage: '],
      ['user lock bo\u0007b', 'bo\\u{7}b', 'Usage: '],
      ['usr details bob', '`usr`', '!admin user details'],
      ['user dtails bob', '`user dtails`', '!admin user details'],
      ['create-user new-one --admin --no-admin', '--no-admin', '--admin'],
      ['user deactivate bob --no-leave-rooms --erase', '--no-leave-rooms', '--erase'],
      ['room list -e -E', '--empty', '--no-empty'],
    ]);

    test('around a command, in the parts of a message that it does not need, change nothing', async () => {
      const help = await room.ask('help');
      const strange = { formatted_body: 7, format: null, 'm.relates_to': {}, 'm.mentions': {} };
      expect(bodyOf(await answered({ msgtype: 'm.text', body: '!admin help', ...strange }))).toBe(help);
    });
  });

  describe('accounts', () => {
    test('a username that exists is refused, and everything of that account stays', async () => {
      await refusal('!admin create-user bob hunter2-hunter2 --display-name Robert', `${id('bob')}\` exists already`);
      await refusal(`!admin user create ${id('bob')}`, 'exists already; nothing was changed');
      await loginPassword(server, 'bob', testPassword);
    });

    const foreign = [
      'user details',
      'user deactivate',
      'user deactivate --yes-i-want-to-do-this',
      'user reset-password',
      'user suspend',
      'user unsuspend',
      'user lock',
      'user unlock',
      'user make-user-admin',
      'user revoke-user-admin',
    ];
    const unknown = ['details', 'deactivate', 'lock', 'suspend', 'reset-password', 'list-joined-rooms'];
    refused([
      ['create-user Bob', 'capital letters', 'bob'],
      ['create-user "bo b"', 'is no username'],
      ['create-user bøb', 'is no username'],
      ['create-user _bob', 'may not begin with _'],
      ['create-user 1234', 'Numeric user IDs are reserved'],
      ['create-user @new:elsewhere.test', '`@new:elsewhere.test`', 'SERVER'],
      ...foreign.map(
        (line) => [`${line} @bob:elsewhere.test`, '`@bob:elsewhere.test`', 'another server', 'SERVER'] as const,
      ),
      ...unknown.map((line) => [`user ${line} nobody`, 'There is no account `@nobody:SERVER`'] as const),
    ]);
  });

  describe('somebody else’s name', () => {
    const pill = (line: string, name: string, userId: string) => ({
      msgtype: 'm.text',
      body: `!admin ${line}`,
      format: 'org.matrix.custom.html',
      formatted_body: `!admin ${line.replaceAll(name, `<a href="https://matrix.to/#/${userId}">${name}</a>`)}`,
      'm.mentions': { user_ids: [userId] },
    });
    const locked = async (userId: string) => (await account(userId)).locked;

    test('as a pill stands for the id it links to, not for who has it as a localpart', async () => {
      const answer = bodyOf(await answered(pill('user lock bob', 'bob', mallory.userId)));
      expect(answer).toContain(mallory.userId);
      expect(await locked(mallory.userId)).toBe(true);
      expect(await locked(bob.userId)).toBe(false);
      await room.ask('user unlock @mallory');
    });

    test('does so on the lines of a list', async () => {
      const { body, formatted_body, ...rest } = pill('user deactivate-all', 'bob', mallory.userId);
      const list = {
        ...rest,
        body: `${body}\n${block('bob')}`,
        formatted_body: `${formatted_body}<pre><code><a href="https://matrix.to/#/${mallory.userId}">bob</a></code></pre>`,
      };
      const before = state();
      const plan = bodyOf(await answered(list));
      expect(plan).toContain('Deactivate 1 account');
      const code = /cancel ([a-z0-9]{5})/.exec(plan)?.[1];
      expect(jsonIn(await room.ask(`user deactivate-all -o json --dry-run\n${block(mallory.userId)}`))).toMatchObject({
        plan: { targets: [{ id: mallory.userId }] },
      });
      expect(await room.ask(`confirm ${code} 1`)).toContain('job');
      await room.admin.waitForEvent(room.roomId, ({ content }) => typeof content['dev.castellan.job'] === 'string');
      expect((await account(mallory.userId)).deactivated).toBe(true);
      expect((await account(bob.userId)).deactivated).toBe(false);
      expect(state().users).not.toEqual(before.users);
    });

    test('that is mentioned without a link is refused, with the id', async () => {
      await refusal(
        { msgtype: 'm.text', body: '!admin user lock bob', 'm.mentions': { user_ids: [mallory.userId] } },
        `mentions \`${mallory.userId}\``,
        'Write the id itself',
      );
    });

    test('that stands twice in the text is refused, with the id', async () => {
      await refusal(
        {
          ...pill('user lock bob', 'bob', mallory.userId),
          body: '!admin user lock bob bob',
        },
        mallory.userId,
        'so I cannot tell which is meant',
      );
    });

    test('that links to something else than it says is taken by its link, in Markdown too', async () => {
      const body = `!admin user details [@bob:${server.serverName}](https://matrix.to/#/${room.admin.userId})`;
      const formatted_body = `!admin user details <a href="https://matrix.to/#/${room.admin.userId}">@bob:${server.serverName}</a>`;
      const answer = bodyOf(await answered({ msgtype: 'm.text', body, formatted_body }));
      expect(Object.fromEntries(bodyTable(answer))['User id']).toBe(room.admin.userId);
    });
  });

  describe('what phones make of it is understood', () => {
    test('a dash in front of a flag', async () => {
      const { userId } = await registerUser(server, 'also-admin', { admin: true });
      expect(await room.ask(`user deactivate-all —dry-run\n${block(userId)}`)).toContain('There is nothing to do');
      const plan = await room.ask(`user deactivate-all —force –dry-run\n${block(userId)}`);
      expect(plan).toContain('Deactivate 1 account');
      expect(plan).toContain('Dry run: nothing was done');
      expect((await account(userId)).deactivated).toBe(false);
    });

    test('curly quotes, capitals, underscores and no-break spaces', async () => {
      const answer = await room.ask(
        'User Create_User curly typed-by-hand-1 —display-name “Curly Q. „Jr‟”'.replace(' „Jr‟', ''),
      );
      expect(answer).toContain('✅ Created');
      expect((await account(id('curly'))).displayname).toBe('Curly Q.');
      const told = bodyTable(bodyOf(await answered('!Admin\u00a0USERS\u00a0Details\u00a0curly')));
      expect(Object.fromEntries(told)['Display name']).toBe('Curly Q.');
    });

    test('but not in a password, which is taken as it was typed', async () => {
      expect(await room.ask('user reset-password curly “typed—by—hand”')).toContain('Set a new password');
      await loginPassword(server, 'curly', '“typed—by—hand”');
    });
  });

  describe('hostile names', () => {
    // The one link there is leads to the id beside it.
    const tags =
      /<(?!\/?(?:p|table|thead|tbody|tr|t[hd]|code|pre|ul|li|strong|br)\b|a href="https:\/\/matrix\.to\/#\/[\w.%!-]+(?:\?via=[\w.%-]+)?">open<\/a>|\/a>)/;
    // Synapse shows no name of a room in which there is a NUL.
    const inRoom = hostile.replace('\u0000', '');
    let lobby: string;

    beforeAll(async () => {
      const evil = await registerUser(server, 'evil');
      await named(evil, hostile);
      lobby = await room.admin.createRoom({
        name: inRoom,
        topic: `${inRoom}\n\n\`\`\`\n# head`,
        room_alias_name: 'evil',
      });
    });

    /** The answer's table, the same in both of its forms but for the pipes, which the plain one replaces. */
    async function tableOf(line: string) {
      const { content } = await answered(`!admin ${line}`);
      const html = htmlTable(String(content.formatted_body));
      const plain = bodyTable(String(content.body));
      expect(plain).toEqual(html.map((row) => row.map((cell) => cell.replaceAll('|', '¦'))));
      expect(new Set(html.map((row) => row.length)).size).toBe(1);
      expect(String(content.formatted_body)).not.toMatch(tags);
      expect(content['m.mentions']).toEqual({});
      expect(String(content.body)).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u200B\u202E]/);
      return html;
    }

    test('of users show as text in a listing, which stays a table', async () => {
      const rows = await tableOf('user list --all');
      const row = rows.find(([user]) => user === id('evil'));
      expect(row?.[1]).toMatch(/^\*\*b\*\* _i_ `c` <b>t<\/b> \[a\]\(https:\/\/evil\.test\)/);
      expect(rows).toHaveLength(1 + server.queryDatabase('SELECT 1 FROM users WHERE deactivated = 0').length);
    });

    test('of users show whole in their details', async () => {
      const told = Object.fromEntries(await tableOf('user details evil'));
      expect(told['Display name']).toBe(`${shownHostile}txt.exe`);
    });

    test('of rooms show as text in a listing and in details', async () => {
      const rows = await tableOf('room list');
      expect(rows.find((row) => row.at(-1) === lobby)?.[0]).toContain('**b** _i_ `c` <b>t</b>');
      const told = Object.fromEntries(await tableOf('room details #evil'));
      expect(told.Name).toBe(`${shownHostile}txt.exe`);
      expect(told.Topic).toBe(`${shownHostile}txt.exe \`\`\` # head`);
    });

    test('stand in a sentence as text', async () => {
      const { content } = await answered('!admin room exists #evil');
      expect(content.body).toContain(`“${shownHostile}txt.exe”, 1 member`);
      expect(String(content.formatted_body)).not.toMatch(tags);
      expect(String(content.formatted_body)).toContain('&lt;b&gt;t&lt;/b&gt;');
    });

    test('stay whole and visible in the data', async () => {
      const answer = await room.ask('user details evil -o json');
      expect(jsonIn(answer)).toMatchObject({ displayname: hostile });
      expect(answer).toContain('\\u202e');
    });

    test('in a command come back as text', async () => {
      const before = state();
      const { content } = await answered(`!admin user details "${hostile.replaceAll('"', '').split('\n')[0]}"`);
      expect(content.body).toMatch(/^❌ /);
      expect(String(content.formatted_body)).not.toMatch(tags);
      expect(state()).toEqual(before);
    });
  });

  // These make the room's history long, so they come last.
  describe('60 kB', () => {
    const links = '<a href="https://matrix.to/#/@bob:x.test">bob</a>'.repeat(1_000);
    refused([
      ['x'.repeat(60_000), 'There is no command `xxx', '!admin help'],
      ['-'.repeat(60_000)],
      [`user details ${'x'.repeat(60_000)}`, 'longer than 255 bytes'],
      [`user details ${'word '.repeat(12_000)}`, 'There is no place for `word`', 'Usage: '],
      [`user details ${'--flag '.repeat(8_500)}`, '`--flag` is no flag of `user details`'],
      [`user details ${"'".repeat(59_999)}`, 'is never closed'],
      [`user deactivate-all\n${block('x'.repeat(60_000))}`, 'line 1: ', 'longer than 255 bytes'],
      [`server admin-notice ${'word '.repeat(12_000)}`, 'Nothing was sent'],
      [{ msgtype: 'm.text', body: '!admin user details bob', formatted_body: links }, '1,000 links'],
    ]);
  });

  describe('5,000 lines of which 17 are wrong', () => {
    const wrong = Array.from({ length: 17 }, (_, at) => at * 290 + 3);
    const lines = (good: (at: number) => string, bad: (at: number) => string) =>
      Array.from({ length: 5_000 }, (_, at) => (wrong.includes(at) ? bad(at) : good(at))).join('\n');

    test('of 5,000 lines the 17 wrong ones are named by number, and none is run', async () => {
      const list = lines(
        (at) => `u${at}`,
        (at) => `@u${at}:elsewhere.test`,
      );
      const answer = await refusal(
        `!admin user deactivate-all --yes-i-want-to-do-this\n${block(list)}`,
        '17 lines of 5,000 cannot be used, so nothing was done',
        '--skip-invalid',
      );
      const numbers = [...answer.matchAll(/^- line (\d+): /gm)].map(([, number]) => Number(number));
      expect(numbers).toEqual(wrong.map((at) => at + 1));
      expect(answer).toContain('`@u3:elsewhere.test`');
    });

    test('so are those of a list of new accounts, which stays in the room where it holds no password', async () => {
      const list = lines(
        (at) => `u${at}`,
        (at) => `U${at}`,
      );
      const answer = await refusal(`!admin user create-list\n${block(list)}`, '17 lines of 5,000', 'line 4: `U3`');
      expect(answer).not.toContain('secret');
    });
  });

  test('every one of these got exactly one answer', async () => {
    await fence(room);
    const answers = (await answersTo(room, sent)).filter(({ content }) => content.msgtype === 'm.notice');
    expect(answers.map(({ content }) => content['dev.castellan.for']).sort()).toEqual(sent.toSorted());
  });
});
