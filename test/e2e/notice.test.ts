import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jobEnd, jobIn, runJob } from './run-job.ts';

describeWithSynapse('server notices', () => {
  let server: Synapse;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;
  const names = Array.from({ length: 12 }, (_, n) => `reader-${n + 1}`);
  const id = (name: string) => `@${name}:${server.serverName}`;

  beforeAll(async () => {
    server = await startSynapse({
      config: { server_notices: { system_mxid_localpart: 'notices', room_name: 'News' } },
    });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } } });
    for (const name of [...names, 'alice', 'gone']) await registerUser(server, name);
    await room.admin.admin('POST', `/v1/deactivate/${id('gone')}`, { erase: false });
  });
  afterEach(() => {
    between.handlers.length = 0;
    between.requests.length = 0;
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });

  /** What the server has sent to a user: the texts in the rooms that it has made for her. */
  function received(name: string): readonly string[] {
    const rows = server.queryDatabase(
      `SELECT j.json FROM events e JOIN event_json j USING (event_id)
       WHERE e.type = 'm.room.message' AND e.sender = ? AND e.room_id IN
         (SELECT room_id FROM room_memberships WHERE user_id = ?) ORDER BY e.stream_ordering`,
      id('notices'),
      id(name),
    );
    return rows.map(({ json }) => JSON.parse(String(json)).content.body);
  }
  const countOf = (name: string, text: string) => received(name).filter((body) => body === text).length;
  const isNotice = ({ method, path, body }: ScriptedRequest) =>
    method === 'PUT' && path.includes('/send_server_notice/') && body.includes('reader');

  test('to one user: the plan shows text and user, and after the yes she gets it', async () => {
    const plan = await room.ask('notice send alice Hello  there, *you* <b>"two"</b>');
    expect(plan).toContain('Send this to 1 account: “Hello there, *you* <b>"two"</b>”');
    expect(received('alice')).toEqual([]);
    const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
    const end = await jobEnd(room, jobIn(await room.ask(`confirm ${code}`)));
    expect(bodyOf(end)).toContain('✅');
    expect(received('alice')).toEqual(['Hello  there, *you* <b>"two"</b>']);
  });

  test('the text may stand in a block, and one pair of quotes around it is dropped', async () => {
    await runJob(room, 'notice send alice', 'First line\n\n  second *line*');
    await jobEnd(room, jobIn(await room.askAndConfirm(`notice send ${id('alice')} "quoted all around"`)));
    expect(received('alice').slice(-2)).toEqual(['First line\n\n  second *line*', 'quoted all around']);
  });

  test('to a regular expression: those whose whole localpart or id it matches', async () => {
    const text = 'Dear readers of one digit';
    const plan = await room.ask(`notice send --regex "reader-[1-3]" --dry-run ${text}`);
    expect(plan).toContain('Send this to 3 accounts');
    for (const name of ['reader-1', 'reader-2', 'reader-3']) expect(plan).toContain(id(name));
    expect(received('reader-1')).toEqual([]);
    await jobEnd(room, jobIn(await room.askAndConfirm(`notice send -r "@reader-[1-3]:.*" ${text}`)));
    expect(names.filter((name) => countOf(name, text) === 1)).toEqual(['reader-1', 'reader-2', 'reader-3']);
    expect(received('alice')).not.toContain(text);
  });

  test('to all: everybody who is not deactivated, and not the bot', async () => {
    const text = 'To all of you';
    const plan = await room.ask(`notice send --all ${text} --dry-run`);
    expect(plan).toContain(`“${text} --dry-run”`);
    await jobEnd(room, jobIn(await room.askAndConfirm(`notice send --all ${text}`)));
    for (const name of [...names, 'alice']) expect(countOf(name, text), name).toBe(1);
    expect(received('gone')).toEqual([]);
    expect(received(room.botAccount.userId.slice(1).split(':')[0] ?? '')).toEqual([]);
  });

  test('goes on after the bot and the homeserver were killed together, and nobody gets it twice', async () => {
    const text = 'Once for each reader';
    const stops = [3, 6].map(() => Promise.withResolvers<void>());
    let seen = 0;
    between.handlers.push(async (request) => {
      if (!isNotice(request)) return undefined;
      seen += 1;
      const stop = seen === 3 ? stops[0] : seen === 7 ? stops[1] : undefined;
      if (stop === undefined) return undefined;
      // The server has sent it, and neither it nor the bot remembers.
      await room.admin.request('PUT', request.path, JSON.parse(request.body));
      await room.bot().kill();
      await server.kill();
      stop.resolve();
      return 'reset';
    });
    // Its answer may be cut short too: whoever waits for it first would never start the server again.
    const asked = room.askAndConfirm('notice send --regex "reader-.*"', undefined, text);
    for (const { promise } of stops) {
      await Promise.race([promise, asked.then(() => promise)]);
      await server.restart();
      await room.start();
    }
    const id = jobIn(await asked);
    expect(bodyOf(await jobEnd(room, id))).toContain('12 of 12 done');
    for (const name of names) expect(countOf(name, text), name).toBe(1);
  });

  test('an answer that gets lost sends nothing twice', async () => {
    const text = 'Lost answers, reader';
    let seen = 0;
    between.handlers.push((request) => (isNotice(request) && ++seen <= 3 ? 'lose' : undefined));
    await jobEnd(room, jobIn(await room.askAndConfirm(`notice send --regex "reader-[1-4]" ${text}`)));
    for (const name of names.slice(0, 4)) expect(countOf(name, text), name).toBe(1);
  });

  describe('refuses, and sends nothing', () => {
    test.each([
      ['a user that nobody has', 'notice send nobody Hi', 'There is no local user'],
      ['a deactivated one', 'notice send gone Hi', 'is deactivated: nobody would read it'],
      ['a user of another server', 'notice send @bob:elsewhere.test Hi', 'lives on another server'],
      ['nobody', 'notice send', 'Say whom it is for'],
      ['no text', 'notice send alice', 'There is no text to send'],
      ['no text for all', 'notice send --all', 'There is no text to send'],
      ['an expression that does not compile', 'notice send --regex "reader-[" Hi', 'is no regular expression'],
      ['look-ahead', 'notice send --regex "(?=reader).*" Hi', 'is no regular expression'],
      ['an expression that nobody fits', 'notice send --regex "nobody.*" Hi', 'There is nothing to do.'],
      ['a part of a name', 'notice send --regex "reader" Hi', 'There is nothing to do.'],
      ['both at once', 'notice send --all --regex ".*" Hi', 'exclude each other'],
    ])('%s', async (_, line, why) => {
      const count = () =>
        server.queryDatabase(
          "SELECT count(*) AS n FROM events WHERE type = 'm.room.message' AND sender = ?",
          id('notices'),
        )[0]?.n;
      const before = count();
      expect(await room.ask(line)).toContain(why);
      expect(count()).toBe(before);
    });

    test('text on the line and in the block', async () => {
      expect(await room.askWith('notice send alice on the line', 'in the block')).toContain('use one of them');
    });

    test('a text that is too long', async () => {
      expect(await room.askWith('notice send alice', 'x'.repeat(31_000))).toContain('a notice takes at most 30,000');
    });

    test('where the server sends none, naming the setting', async () => {
      const other = await startSynapse();
      const otherRoom = await openAdminRoom(other);
      try {
        const answer = await otherRoom.ask(`notice send ${otherRoom.admin.userId} Hi`);
        expect(answer).toContain('This server sends no notices');
        expect(answer).toContain('server_notices.system_mxid_localpart');
      } finally {
        await otherRoom.close();
        await other.stop();
      }
    });
  });
});
