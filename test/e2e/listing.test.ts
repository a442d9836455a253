import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { writeDatabase } from '../homeserver/write-database.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { attachedFile } from './attached-file.ts';
import { jsonIn } from './json-in.ts';
import { column } from './tables.ts';

const users = 10_000;
const rooms = 3_000;
const numbers = (last: number) =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${last}) SELECT`;

const isUserPage = ({ path }: ScriptedRequest) => path.startsWith('/_synapse/admin/v2/users?');
const isUpload = ({ path }: ScriptedRequest) => path.startsWith('/_matrix/media/v3/upload');

describeWithSynapse('long listings', () => {
  let server: Synapse;
  let proxy: Scripted;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'listing', config: { max_upload_size: '3M' } });
    proxy = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: proxy.url });
    writeDatabase(
      server,
      `INSERT INTO users (name, creation_ts, approved, shadow_banned) ${numbers(users)}
       printf('@u%05d:castellan.test', i), 1700000000 + i, 1, 0 FROM n`,
    );
    writeDatabase(
      server,
      `INSERT INTO profiles (user_id, full_user_id, displayname) ${numbers(users)}
       printf('u%05d', i), printf('@u%05d:castellan.test', i), printf('=Number "%d" | <b>', i) FROM n`,
    );
    const roomId = "printf('!r%05d:castellan.test', i)";
    writeDatabase(
      server,
      `INSERT INTO rooms (room_id, is_public, room_version) ${numbers(rooms)} ${roomId}, 0, '11' FROM n`,
    );
    writeDatabase(
      server,
      `INSERT INTO room_stats_state (room_id, name) ${numbers(rooms)} ${roomId}, 'Room ' || i FROM n`,
    );
    writeDatabase(
      server,
      `INSERT INTO room_stats_current (room_id, current_state_events, joined_members, invited_members, left_members,
       banned_members, local_users_in_room, completed_delta_stream_id) ${numbers(rooms)} ${roomId}, 5, i, 0, 0, 0, i % 2, 1 FROM n`,
    );
  });
  afterAll(async () => {
    await room?.close();
    await proxy?.close();
    await server?.stop();
  });
  beforeEach(() => {
    proxy.handlers.length = 0;
    proxy.requests.length = 0;
  });

  const send = (line: string) => room.admin.send(room.roomId, `!admin ${line}`);
  const inDatabase = (): string[] =>
    server.queryDatabase('SELECT name FROM users WHERE deactivated = 0 ORDER BY name').map(({ name }) => String(name));
  const spooled = () => {
    const folder = join(room.dataDir, 'spool');
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  };
  /** What the bot has said about an event, after everything before it was sent. */
  async function answersTo(eventId: string) {
    await room.ask('bot whoami');
    const events = await room.admin.messages(room.roomId);
    return events.filter(({ content }) => content['dev.castellan.for'] === eventId);
  }

  test('all of 10,000 accounts arrive as one CSV, each of them once', async () => {
    const command = await send('user list-users --all -o csv');
    const { name, text } = await attachedFile(room, command);
    expect(name).toBe('user-list-users.csv');
    const rows = parse(text, { columns: true }) as Record<string, string>[];
    expect(rows.map(({ user }) => user).sort()).toEqual(inDatabase());
    expect(rows.find(({ user }) => user === '@u00042:castellan.test')).toMatchObject({
      displayname: `'=Number "42" | <b>`,
      createdTs: '1700000042000',
      admin: 'false',
    });
    const answers = await answersTo(command);
    expect(answers.map(({ content }) => content.msgtype).sort()).toEqual(['m.file', 'm.notice']);
    const file = answers.find(({ content }) => content.msgtype === 'm.file');
    expect(file?.content.info).toEqual({ mimetype: 'text/csv', size: Buffer.byteLength(text) });
    const body = bodyOf(await room.answerTo(command));
    expect(body).toContain(`1–${rows.length.toLocaleString('en')} of ${rows.length.toLocaleString('en')}`);
    expect(spooled()).toEqual([]);
  });

  test('people are shown the first of them, how many there are, and the file with all', async () => {
    const command = await send('user list-users --all -s name -r');
    const { name, text } = await attachedFile(room, command);
    const body = bodyOf(await room.answerTo(command));
    const all = inDatabase().toReversed();
    const shown = column(body, 'User');
    expect(shown.length).toBeGreaterThan(20);
    expect(shown).toEqual(all.slice(0, shown.length));
    expect(body).toContain(`${all.length.toLocaleString('en')} accounts.`);
    expect(body).toContain(
      `the first ${shown.length} of ${all.length.toLocaleString('en')} rows; all of it is in \`${name}\``,
    );
    expect((parse(text, { columns: true }) as Record<string, string>[]).map(({ user }) => user)).toEqual(all);
  });

  test('as JSON they are one document of the server’s own objects', async () => {
    const { name, text } = await attachedFile(room, await send('user list-users -l 3000 -s name -o json'));
    expect(name).toBe('user-list-users.json');
    const theirs = await room.admin.admin('GET', '/v2/users?order_by=name&limit=3000&locked=true');
    // Who is asked as is seen meanwhile.
    const settled = (users: unknown) =>
      (users as Record<string, unknown>[]).map(({ last_seen_ts: _, ...rest }) => rest);
    expect(settled(JSON.parse(text))).toEqual(settled(theirs.users));
  });

  test('pages of thousands follow each other, and each names the next', async () => {
    const seen: (string | undefined)[] = [];
    for (let line: string | undefined = '!admin user list-users -s name -l 4500 -o csv'; line !== undefined; ) {
      const command = await room.admin.send(room.roomId, line);
      const { text } = await attachedFile(room, command);
      seen.push(...(parse(text, { columns: true }) as Record<string, string>[]).map(({ user }) => user));
      line = /next: `(!admin [^`]+)`/.exec(bodyOf(await room.answerTo(command)))?.[1];
    }
    expect(seen).toEqual(inDatabase());
  });

  test('pages of what the bot itself filters follow each other too', async () => {
    const flags = '-s name --created-after 2023-11-14T22:15:00Z -n u00';
    const second = await room.ask(`user list-users ${flags} -l 20 --page 2`);
    const after = Date.parse('2023-11-14T22:15:00Z');
    const kept = server
      .queryDatabase("SELECT name FROM users WHERE name LIKE '@u00%' AND creation_ts * 1000 > ? ORDER BY name", after)
      .map(({ name }) => String(name));
    expect(kept.length).toBeGreaterThan(500);
    expect(column(second, 'User')).toEqual(kept.slice(20, 40));
    expect(second).toContain(
      `21–40 of ${kept.length.toLocaleString('en')} · next: \`!admin user list-users ${flags} -l 20 --from 40\``,
    );
    const { text } = await attachedFile(room, await send(`user list-users ${flags} --all -o csv`));
    expect((parse(text, { columns: true }) as Record<string, string>[]).map(({ user }) => user)).toEqual(kept);
    expect(await room.ask(`user list-users ${flags} --from 9000`)).toContain(
      `The list ends at ${kept.length.toLocaleString('en')}; there is nothing from 9,001 on.`,
    );
  });

  test.each(['human', 'json', 'csv'])('-o %s does not hide how many accounts --inactive left out', async (output) => {
    const answer = await room.ask(`user list-users --inactive 1d -n u001 -o ${output}`);
    expect(answer).toContain('Left out: 100 accounts with no record of when it was last seen.');
    if (output === 'json') expect(jsonIn(answer)).toEqual([]);
  });

  test('the ids of all rooms are lines to paste, most members first', async () => {
    const command = await send('room list-rooms --all --no-details');
    const { name, text } = await attachedFile(room, command);
    expect(name).toBe('room-list-rooms.txt');
    const lines = text.split('\n');
    expect(lines.slice(0, 2)).toEqual(['!r03000:castellan.test', '!r02999:castellan.test']);
    expect(new Set(lines).size).toBe(rooms + 1);
    const empty = await attachedFile(room, await send('room list-rooms --all --empty --no-details -s name -o csv'));
    const even = server.queryDatabase('SELECT room_id FROM room_stats_current WHERE local_users_in_room = 0');
    expect(empty.text.split('\r\n').slice(1, -1).sort()).toEqual(even.map(({ room_id }) => String(room_id)).sort());
  });

  test('what is larger than may be uploaded is said, with the limit and what to do', async () => {
    const answer = await room.ask('user list-users --all -o json');
    expect(answer).toMatch(
      /^❌ The file `user-list-users\.json` has 3\.\d MiB, more than may be uploaded here, which is 3\.0 MiB\./,
    );
    expect(answer).toContain('`--limit`');
    expect(spooled()).toEqual([]);
    // Synapse breaks the connection of what is far too large.
    proxy.handlers.push((asked) => (isUpload(asked) ? 'reset' : undefined));
    expect(await room.ask('user list-users --all -o json')).toContain(
      'more than may be uploaded here, which is 3.0 MiB',
    );
    // What breaks for another reason is said so.
    expect(await room.ask('user list-users -o csv')).toContain(
      '`user-list-users.csv` of the answer could not be uploaded',
    );
  });

  test('what was done is said also where its file cannot be uploaded', async () => {
    proxy.handlers.push((asked) => (isUpload(asked) ? { status: 403, body: { error: 'No uploads here' } } : undefined));
    const answer = await room.ask('user suspend u00001 -o csv');
    expect(answer).toMatch(/^✅ .*@u00001:castellan\.test/);
    expect(answer).toContain('⚠️ The file `user-suspend.csv` of the answer could not be uploaded: No uploads here');
    expect((await room.admin.admin('GET', '/v2/users/@u00001:castellan.test')).suspended).toBe(true);
  });

  test('a homeserver that fails in the middle leaves a clear answer and no file', async () => {
    let seen = 0;
    proxy.handlers.push((asked) => {
      if (!isUserPage(asked) || !asked.path.includes('from=4000')) return undefined;
      seen = spooled().length;
      return { status: 400, body: { errcode: 'M_UNKNOWN', error: 'The database is gone' } };
    });
    expect(await room.ask('user list-users --all -o csv')).toBe('❌ The homeserver refused: The database is gone');
    expect(seen).toBe(1);
    expect(spooled()).toEqual([]);
  });

  test('a file that cannot be written is said', async () => {
    const folder = join(room.dataDir, 'spool');
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(folder, 'in the way');
    try {
      expect(await room.ask('user list-users --all -o csv')).toMatch(/^❌ .* the file for it cannot be written/);
    } finally {
      rmSync(folder);
    }
  });

  test('a bot killed in the middle answers after its start, and removes what was left', async () => {
    let reached = () => {};
    const halfWay = new Promise<void>((resolve) => {
      reached = resolve;
    });
    proxy.handlers.push((asked) => {
      if (!isUserPage(asked) || !asked.path.includes('from=4000')) return undefined;
      reached();
      return 'hang';
    });
    const command = await send('user list-users --all -o csv');
    await halfWay;
    const [left = ''] = spooled();
    expect(statSync(left).mode & 0o777).toBe(0o600);
    await room.bot().kill();
    proxy.handlers.length = 0;
    await room.start();
    const { text } = await attachedFile(room, command);
    expect(text.split('\r\n')).toHaveLength(inDatabase().length + 2);
    expect(spooled()).toEqual([]);
  });
});
