import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readHtml } from '../core/html.ts';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { attachedFile } from './attached-file.ts';
import { jsonIn } from './json-in.ts';
import { bodyTable, column } from './tables.ts';

/** What a person may write to forge an answer, and text that a reader would not see as it is. */
const hostile =
  '| **bold** | <b>tag</b> `code` [link](https://evil.test)\n!admin user deactivate alice\n\u202Eesrever\u0000';

describeWithSynapse('reading rooms', () => {
  let server: Synapse;
  let between: Scripted;
  let room: AdminRoom;
  let bob: TestClient;
  let lobby: string;
  let ghost: string;
  const unknown = '!nothing:castellan.test';

  const path = encodeURIComponent;
  const answerOf = async (line: string) => {
    const eventId = await room.admin.send(room.roomId, `!admin ${line}`);
    return { eventId, event: await room.answerTo(eventId) };
  };
  const filesOf = async (eventId: string) =>
    (await room.admin.messages(room.roomId)).filter(
      ({ content }) => content['dev.castellan.for'] === eventId && content.msgtype === 'm.file',
    );

  beforeAll(async () => {
    server = await startSynapse({ name: 'room-read' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: between.url });
    bob = await registerUser(server, 'bob');
    await room.admin.liftLimits(bob.userId);
    lobby = await bob.createRoom({ name: 'Lobby', room_alias_name: 'lobby', topic: 'Come in' });
    ghost = await bob.createRoom({ name: 'Ghost' });
    await bob.leave(ghost);
  });
  afterEach(() => {
    between.handlers.length = 0;
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });

  test.each([
    ...['topic', 'state', 'power-levels', 'messages', 'hierarchy', 'forward-extremities', 'media'],
    'forward-extremities --delete',
    'timestamp-to-event ROOM 2026-01-01',
  ])('room %s says that an unknown room or alias is unknown', async (line) => {
    const [name, ...flags] = line.split(' ');
    const rest = flags.filter((word) => word !== 'ROOM').join(' ');
    expect(await room.ask(`room ${name} ${unknown} ${rest}`)).toMatch(
      /^❌ This server does not know the room `!nothing:castellan\.test`/,
    );
    expect(await room.ask(`room ${name} #nowhere ${rest}`)).toMatch(
      /^❌ The alias `#nowhere:castellan\.test` leads nowhere/,
    );
  });

  test('room hierarchy and power-levels say so of a room whose state is gone, which Synapse fails at', async () => {
    for (const line of ['hierarchy', 'power-levels'])
      expect(await room.ask(`room ${line} ${ghost}`)).toMatch(/^❌ .* is not known: nobody of this server is in it/);
    expect(await room.ask(`room state ${ghost}`)).toMatch(/^The state of .* is not known/);
    expect(await room.ask(`room messages ${ghost}`)).toContain('m.room.create');
  });

  describe('topic', () => {
    test.each(['room topic', 'room info view-room-topic', 'Rooms Info View_Room_Topic'])(
      '%s shows it',
      async (line) => {
        expect(await room.ask(`${line} #lobby`)).toBe(
          `The topic of \`${lobby}\` (“Lobby”, 1 member):\n\n\`\`\`\nCome in\n\`\`\``,
        );
        expect(jsonIn(await room.ask(`${line} ${lobby} -o json`))).toEqual({ room_id: lobby, topic: 'Come in' });
      },
    );

    test('says that there is none, or none known', async () => {
      const bare = await bob.createRoom({ name: 'Bare' });
      expect(await room.ask(`room topic ${bare}`)).toContain('has no topic');
      expect(await room.ask(`room topic ${ghost}`)).toContain('is not known: nobody of this server is in it');
    });

    test('shows hostile text as text', async () => {
      const made = await bob.createRoom({ topic: `${hostile}\n\`\`\`\n# Heading` });
      const { event } = await answerOf(`room topic ${made}`);
      expect(String(event.content.formatted_body)).toContain('&lt;b&gt;tag&lt;/b&gt;');
      expect(String(event.content.formatted_body)).not.toMatch(/<b>|<a |<h1>|<strong>/);
      expect(String(event.content.body)).not.toMatch(/[\u202E\0]/);
      expect(String(event.content.body)).toContain('````\n| **bold**');
    });

    test('cuts a very long one, with all of it in a file', async () => {
      const long = `${'x'.repeat(60_000)}end`;
      const made = await bob.createRoom({});
      await bob.sendState(made, 'm.room.topic', { topic: long });
      const { eventId, event } = await answerOf(`room topic ${made}`);
      expect(String(event.content.body)).toContain(`${'x'.repeat(2_000)}…`);
      expect(await attachedFile(room, eventId)).toEqual({ name: 'topic.txt', text: long });
    });
  });

  describe('state', () => {
    test('lists it as the server has it', async () => {
      const answer = await room.ask('room state #lobby');
      const { state } = (await room.admin.admin('GET', `/v1/rooms/${path(lobby)}/state`)) as {
        state: { type: string; state_key: string; sender: string; content: unknown; origin_server_ts: number }[];
      };
      expect(bodyTable(answer)).toEqual([]);
      for (const title of ['Type', 'State key', 'Content', 'Sender', 'Sent', 'Event'])
        expect(column(answer, title)).toHaveLength(state.length);
      expect(new Set(column(answer, 'Type'))).toEqual(new Set(state.map(({ type }) => type)));
      const topic = state.find(({ type }) => type === 'm.room.topic');
      const sent = new Date(topic?.origin_server_ts ?? 0).toISOString().slice(0, 16).replace('T', ' ');
      expect(answer).toContain(
        [
          '- Type: m.room.topic',
          `  Content: ${JSON.stringify(topic?.content)}`,
          `  Sender: ${bob.userId}`,
          `  Sent: ${sent} UTC (`,
        ].join('\n'),
      );
      expect(answer).toContain(`1–${state.length} of ${state.length}`);
      const json = jsonIn<{ type: string; content: unknown }[]>(await room.ask('room state #lobby -o json'));
      const simple = (events: readonly { type: string; content: unknown }[]) =>
        events.map(({ type, content }) => JSON.stringify([type, content])).toSorted();
      expect(simple(json)).toEqual(simple(state));
    });

    test('--type narrows it, and says when there is none of that type', async () => {
      expect(column(await room.ask('room state #lobby --type m.room.member'), 'State key')).toEqual([bob.userId]);
      expect(await room.ask('room state #lobby --type m.room.encryption')).toBe(
        `\`${lobby}\` (“Lobby”, 1 member) has no state of the type \`m.room.encryption\`.`,
      );
    });

    test('sorts and pages like every listing', async () => {
      const types = column(await room.ask('room state #lobby'), 'Type');
      expect(types).toEqual(types.toSorted((one, other) => one.localeCompare(other)));
      expect(column(await room.ask('room state #lobby -r'), 'Type')).toEqual(types.toReversed());
      expect(column(await room.ask('room state #lobby -l 2 --page 2'), 'Type')).toEqual(types.slice(2, 4));
      for (const sort of ['state_key', 'sender', 'time'])
        expect(column(await room.ask(`room state #lobby -s ${sort}`), 'Type')).toHaveLength(types.length);
      expect(await room.ask('room state #lobby -s content')).toContain('is not possible here');
    });

    test('attaches what is too much for a message, and shows hostile values as text', async () => {
      const made = await bob.createRoom({});
      for (let at = 0; at < 60; at += 1)
        await bob.sendState(
          made,
          'org.example.big',
          { text: `${hostile}${'y'.repeat(1_000)}` },
          `${'k'.repeat(200)}${at}`,
        );
      const { eventId, event } = await answerOf(`room state ${made}`);
      const { tags } = readHtml(String(event.content.formatted_body));
      expect(new Set(tags)).toEqual(new Set(['p', '/p', 'code', '/code', 'ul', '/ul', 'li', '/li', 'br']));
      const file = await attachedFile(room, eventId);
      expect(file.name).toBe('room-state.csv');
      expect(file.text.match(/org\.example\.big/g)).toHaveLength(60);
      expect(file.text).toContain('y'.repeat(1_000));
    });
  });

  describe('power-levels', () => {
    test('shows users with their levels, the most first, and what each act needs', async () => {
      const made = await bob.createRoom({
        room_version: '11',
        power_level_content_override: {
          users: { [bob.userId]: 100, '@mod:castellan.test': 50, '@mute:castellan.test': -1 },
          ban: 75,
          events: { 'm.room.name': 30 },
        },
      });
      const answer = await room.ask(`room power-levels ${made}`);
      const users = answer.slice(0, answer.indexOf('Levels:'));
      expect(bodyTable(users)).toEqual([
        ['User', 'Level', ''],
        [bob.userId, '100', 'creator'],
        ['@mod:castellan.test', '50', ''],
        ['@mute:castellan.test', '-1', ''],
      ]);
      const levels = Object.fromEntries(bodyTable(answer.slice(answer.indexOf('Levels:'))));
      expect(levels).toMatchObject({ Ban: '75', Kick: '50', 'Change settings': '50', 'Send m.room.name': '30' });
    });

    test('puts the creators of a version 12 room above all', async () => {
      const made = await bob.createRoom({
        room_version: '12',
        creation_content: { additional_creators: ['@second:castellan.test'] },
        power_level_content_override: { users: { '@mod:castellan.test': 50 } },
      });
      const answer = await room.ask(`room power-levels ${made}`);
      expect(bodyTable(answer.slice(0, answer.indexOf('Levels:'))).slice(1)).toEqual([
        [bob.userId, 'above all', 'creator'],
        ['@second:castellan.test', 'above all', 'creator'],
        ['@mod:castellan.test', '50', ''],
      ]);
      expect(jsonIn<{ creators: string[] }>(await room.ask(`room power-levels ${made} -o json`)).creators).toEqual([
        bob.userId,
        '@second:castellan.test',
      ]);
    });
  });

  describe('messages', () => {
    test('shows the newest first, as many as asked for, page by page, or from the oldest', async () => {
      const made = await bob.createRoom({ name: 'Talk' });
      for (const word of ['one', 'two', 'three', 'four', 'five']) await bob.send(made, word);
      const answer = await room.ask(`room messages ${made} --limit 2`);
      expect(column(answer, 'Content')).toEqual(['five', 'four']);
      expect(column(answer, 'Sender')).toEqual([bob.userId, bob.userId]);
      expect(column(await room.ask(`room messages ${made} -l2`), 'Content')).toEqual(['five', 'four']);
      const next = /next: `(!admin [^`]+)`/.exec(answer)?.[1] ?? '';
      expect(column(await room.ask(next), 'Content')).toEqual(['three', 'two']);
      expect(column(await room.ask(`room messages ${made} -l 2 --page 2`), 'Content')).toEqual(['three', 'two']);
      expect(column(await room.ask(`room messages ${made} -r -l 1`), 'Type')).toEqual(['m.room.create']);
      const all = await room.ask(`room messages ${made} -l 100`);
      expect(all).not.toContain('next:');
      const { chunk } = (await room.admin.admin('GET', `/v1/rooms/${path(made)}/messages?dir=b&limit=100`)) as {
        chunk: { event_id: string }[];
      };
      expect(column(all, 'Event')).toEqual(chunk.map(({ event_id }) => event_id));
      expect(await room.ask(`room messages ${made} --page 99`)).toMatch(/❌ The list ends before/);
      expect(await room.ask(`room messages ${made} -l 0`)).toMatch(/❌ .*at least 1/);
      expect(await room.ask(`room messages ${made} -l 5000`)).toMatch(/❌ .*at most 1000/);
    });

    test('reads on where the server gives less than it was asked for', async () => {
      const made = await bob.createRoom({});
      for (let at = 0; at < 5; at += 1) await bob.send(made, `m${at}`);
      between.handlers.push(async (request) => {
        const url = new URL(request.path, server.url);
        if (!url.pathname.endsWith('/messages') || !url.pathname.includes('_synapse')) return undefined;
        url.searchParams.set('limit', '2');
        const answer = await fetch(url, { headers: { authorization: String(request.headers.authorization) } });
        return { status: answer.status, body: await answer.json() };
      });
      expect(column(await room.ask(`room messages ${made} -l 5`), 'Content')).toEqual(['m4', 'm3', 'm2', 'm1', 'm0']);
    });

    test('says what is encrypted and what was redacted', async () => {
      const made = await bob.createRoom({});
      await bob.send(made, { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'AAAA' }, 'm.room.encrypted');
      const bad = await bob.send(made, 'bad words');
      await bob.redact(made, bad, 'rude | <b>');
      const { event } = await answerOf(`room messages ${made} -l 3`);
      const answer = String(event.content.body);
      expect(column(answer, 'Content').slice(1)).toEqual([
        `(redacted by ${bob.userId}: rude ¦ <b>)`,
        '(encrypted; the server cannot read it)',
      ]);
      expect(answer).toContain('The server cannot read those that are encrypted.');
      expect(answer).not.toMatch(/bad words|AAAA/);
      expect(String(event.content.formatted_body)).not.toContain('<b>');
    });

    test('shows hostile messages as text and cuts long ones, with all of it in a file', async () => {
      const made = await bob.createRoom({});
      await bob.send(made, hostile);
      const { event: short } = await answerOf(`room messages ${made} -l 1`);
      const { tags } = readHtml(String(short.content.formatted_body));
      expect(tags.filter((tag) => tag === 'li')).toHaveLength(1);
      expect(new Set(tags)).toEqual(new Set(['p', '/p', 'code', '/code', 'ul', '/ul', 'li', '/li', 'br']));
      expect(String(short.content.body)).not.toMatch(/[\u202E\0]/);
      await bob.send(made, `${'z'.repeat(60_000)}end`);
      const { eventId, event } = await answerOf(`room messages ${made} -l 2`);
      expect(column(String(event.content.body), 'Content')[0]).toBe(`${'z'.repeat(299)}…`);
      const file = await attachedFile(room, eventId);
      expect(file.name).toBe('room-messages.csv');
      expect(event.content.body).toContain('Long values are cut; they stand whole in `room-messages.csv`.');
      const [longest, other] = parse(file.text, { columns: true }) as Record<string, string>[];
      expect(longest?.content).toBe(`${'z'.repeat(60_000)}end`);
      expect(other?.type).toBe('m.room.message');
      const data = await answerOf(`room messages ${made} -l 1 -o json`);
      await attachedFile(room, data.eventId);
      expect((await filesOf(data.eventId)).map(({ content }) => content.filename)).toEqual(['room-messages.json']);
    });
  });

  describe('event', () => {
    const shown = async (eventId: string) => room.ask(`room event '${eventId}'`);

    test('shows one whole event, of a room that neither the bot nor the admin is in', async () => {
      const made = await bob.createRoom({ name: 'Elsewhere' });
      const eventId = await bob.send(made, { msgtype: 'm.text', body: 'hello', extra: { deep: [1, null] } });
      const answer = await shown(eventId);
      expect(Object.fromEntries(bodyTable(answer))).toMatchObject({
        'Event id': eventId,
        Type: 'm.room.message',
        Sender: bob.userId,
      });
      expect(answer).toContain('“Elsewhere”');
      expect(jsonIn(answer)).toEqual({ msgtype: 'm.text', body: 'hello', extra: { deep: [1, null] } });
      const whole = await room.admin.admin('GET', `/v1/fetch_event/${path(eventId)}`);
      const { unsigned: _, ...told } = jsonIn<Record<string, unknown>>(
        await room.ask(`room event '${eventId}' -o json`),
      );
      expect(whole.event).toMatchObject(told);
    });

    test("masks a redacted event's content, which the server still gives, and nothing of the redaction", async () => {
      const made = await bob.createRoom({});
      const eventId = await bob.send(made, 'bad words');
      await bob.redact(made, eventId, 'rude');
      const whole = await room.admin.admin('GET', `/v1/fetch_event/${path(eventId)}`);
      expect(JSON.stringify(whole)).toContain('bad words');
      const answer = await shown(eventId);
      expect(Object.fromEntries(bodyTable(answer))).toMatchObject({
        'Event id': eventId,
        Sender: bob.userId,
        Redacted: `redacted by ${bob.userId}: rude`,
      });
      expect(jsonIn(answer)).toEqual({});
      const data = await room.ask(`room event '${eventId}' -o json`);
      expect(answer + data).not.toContain('bad words');
      expect(jsonIn(data)).toMatchObject({
        event_id: eventId,
        sender: bob.userId,
        content: {},
        unsigned: { redacted_because: { content: { reason: 'rude' } } },
      });
    });

    test('leaves of redacted state what the specification leaves', async () => {
      const made = await bob.createRoom({ room_version: '11' });
      const content = { join_rule: 'invite', note: 'gone' };
      const eventId = await bob.sendState(made, 'm.room.join_rules', content);
      await bob.redact(made, eventId);
      expect(jsonIn(await shown(eventId))).toEqual({ join_rule: 'invite' });
    });

    test('does not take an event for redacted that a redaction names in vain', async () => {
      const made = await bob.createRoom({ preset: 'public_chat' });
      const eventId = await bob.send(made, 'stays');
      const carol = await registerUser(server, 'carol');
      await carol.join(made);
      await expect(carol.redact(made, eventId)).rejects.toThrow('403');
      expect(jsonIn(await shown(eventId))).toMatchObject({ body: 'stays' });
    });

    test('after a history purge shows current state as the server shows it to everybody', async () => {
      const made = await bob.createRoom({});
      const avatar = await bob.sendState(made, 'm.room.avatar', { url: 'mxc://castellan.test/face' });
      const last = await bob.send(made, 'last');
      await bob.send(made, 'very last');
      const { purge_id } = await room.admin.admin('POST', `/v1/purge_history/${path(made)}/${path(last)}`, {
        delete_local_events: true,
      });
      await expect
        .poll(async () => (await room.admin.admin('GET', `/v1/purge_history_status/${purge_id}`)).status)
        .toBe('complete');
      // What stands around it is gone, and Synapse fails when it is asked for it.
      const context = `/v1/rooms/${path(made)}/context/${path(avatar)}?limit=0`;
      await expect(room.admin.admin('GET', context)).rejects.toThrow('500');
      expect(jsonIn(await shown(avatar))).toEqual({ url: 'mxc://castellan.test/face' });
    });

    test('withholds the content when the server does not say whether it was redacted', async () => {
      const made = await bob.createRoom({});
      const eventId = await bob.send(made, 'perhaps redacted');
      between.handlers.push(({ path: asked }) =>
        asked.includes('/context/') ? { status: 500, body: { errcode: 'M_UNKNOWN', error: 'no' } } : undefined,
      );
      const answer = await shown(eventId);
      expect(answer).toContain('does not say whether this event was redacted');
      expect(answer + (await room.ask(`room event '${eventId}' -o json`))).not.toContain('perhaps redacted');
    });

    test('says that an encrypted one cannot be read', async () => {
      const made = await bob.createRoom({});
      const content = { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'AAAA' };
      const answer = await shown(await bob.send(made, content, 'm.room.encrypted'));
      expect(answer).toContain('It is encrypted: only the devices of those in the room can read it');
    });

    test('cuts a huge one, with all of it in a file, and shows hostile text as text', async () => {
      const made = await bob.createRoom({});
      const body = `${hostile}\`\`\`${'h'.repeat(60_000)}end`;
      const eventId = await bob.send(made, body);
      const { eventId: asked, event } = await answerOf(`room event '${eventId}'`);
      const { tags } = readHtml(String(event.content.formatted_body));
      // The link is that of the event itself.
      expect(tags.filter((tag) => ['a', 'b', 'strong'].includes(tag))).toEqual(['a']);
      expect(String(event.content.body)).not.toMatch(/[\u202E\0]/);
      expect(String(event.content.body)).toContain('\\u202e');
      const file = await attachedFile(room, asked);
      expect(file.name).toBe('event.json');
      expect(JSON.parse(file.text).content.body).toBe(body);
      const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`key${at}`, at]));
      const wide = await answerOf(`room event '${await bob.send(made, { msgtype: 'm.text', body: 'x', ...many })}'`);
      expect(JSON.parse((await attachedFile(room, wide.eventId)).text).content).toMatchObject(many);
    });

    test.each([
      ["room event '$unknown:castellan.test'", /❌ This server does not know the event `\$unknown/],
      ['room event unknown', /❌ .*is no event id/],
      ['room event', /❌ `room event` needs/],
    ])('%s is refused', async (line, why) => {
      expect(await room.ask(line)).toMatch(why);
    });
  });

  describe('hierarchy', () => {
    test('shows a space with what is in it, level by level', async () => {
      const space = async (name: string) => bob.createRoom({ name, creation_content: { type: 'm.space' } });
      const [top, inner, leaf] = [
        await space('Top'),
        await space('Inner'),
        await bob.createRoom({ name: 'Leaf | <b>' }),
      ];
      const child = { via: [server.serverName] };
      await bob.sendState(top, 'm.space.child', child, inner);
      await bob.sendState(top, 'm.space.child', child, '!far:elsewhere.test');
      await bob.sendState(inner, 'm.space.child', child, leaf);
      await bob.sendState(inner, 'm.space.child', child, top);
      const answer = await room.ask(`room hierarchy ${top}`);
      expect(answer).toContain('is a space with 2 rooms below it');
      expect(bodyTable(answer).slice(1)).toEqual([
        ['0', 'Top', '1', '✅', top],
        ['1', 'Inner', '1', '✅', inner],
        ['2', 'Leaf ¦ <b>', '1', '', leaf],
      ]);
      const own = (await room.admin.admin('GET', `/v1/rooms/${path(top)}/hierarchy`)).rooms;
      expect(jsonIn(await room.ask(`room hierarchy ${top} -o json`))).toEqual(own);
      expect(column(await room.ask(`room hierarchy ${top} -s name`), 'Name')).toEqual(['Inner', 'Leaf ¦ <b>', 'Top']);
      expect(column(await room.ask(`room hierarchy ${top} -l 1 --page 3`), 'Room')).toEqual([leaf]);
    });

    test('of more rooms than one answer holds is whole', async () => {
      const top = await bob.createRoom({ name: 'Wide', creation_content: { type: 'm.space' } });
      const child = { via: [server.serverName] };
      for (let at = 0; at < 60; at += 1)
        await bob.sendState(top, 'm.space.child', child, await bob.createRoom({ name: `Room ${at}` }));
      expect(await room.ask(`room hierarchy ${top}`)).toContain('with 60 rooms below it');
    });

    test('says of a room that it is no space', async () => {
      expect(await room.ask('room hierarchy #lobby')).toContain('is no space: nothing belongs to it.');
    });
  });

  describe('timestamp-to-event', () => {
    test('finds the first event from a time on, or the last one before', async () => {
      const made = await bob.createRoom({});
      const events = await bob.messages(made);
      const first = await room.ask(`room timestamp-to-event ${made} 2020-01-01`);
      expect(first).toContain(`The first event from 2020-01-01 00:00 UTC on in \`${made}\``);
      expect(first).toContain(`is \`${events[0]?.event_id}\``);
      const last = await room.ask(`room timestamp-to-event ${made} 2099-01-01T12:00`);
      expect(last).toContain('Nothing is from 2099-01-01 12:00 UTC or later.');
      expect(last).toContain(`is \`${events.at(-1)?.event_id}\``);
      const { origin_server_ts, event_id } = events[0] ?? { origin_server_ts: 0, event_id: '' };
      expect(jsonIn(await room.ask(`room timestamp-to-event ${made} ${origin_server_ts} -o json`))).toEqual({
        room_id: made,
        event_id,
        origin_server_ts,
      });
    });

    test.each([
      ['yesterday', /is no time/],
      ['1700000000', /seconds/],
      ['', /needs `<time>`/],
    ])('refuses the time %j', async (time, why) => {
      expect(await room.ask(`room timestamp-to-event #lobby ${time}`)).toMatch(why);
    });
  });

  describe('forward-extremities', () => {
    const own = async (roomId: string) =>
      (await room.admin.admin('GET', `/v1/rooms/${path(roomId)}/forward_extremities`)) as {
        count: number;
        results: { event_id: string }[];
      };

    /** A room of which the server believes that its history has several ends. */
    async function forked(): Promise<string> {
      const made = await bob.createRoom({ name: 'Forked' });
      const ids = [await bob.send(made, 'one'), await bob.send(made, 'two')];
      await server.stop({ keepData: true });
      const { default: Database } = await import('better-sqlite3');
      const db = new Database(`${server.dataDir}/homeserver.db`);
      for (const eventId of ids)
        db.prepare('INSERT OR IGNORE INTO event_forward_extremities (event_id, room_id) VALUES (?, ?)').run(
          eventId,
          made,
        );
      db.close();
      await server.restart();
      return made;
    }

    test('lists them, and after a yes forgets all but the newest', async () => {
      const made = await forked();
      const before = await own(made);
      expect(before.count).toBe(2);
      const answer = await room.ask(`room forward-extremities ${made}`);
      expect(answer).toContain('2 forward extremities');
      expect(new Set(column(answer, 'Event'))).toEqual(new Set(before.results.map(({ event_id }) => event_id)));
      const plan = await room.ask(`room forward-extremities ${made} --delete`);
      expect(plan).toContain('Forget 1 forward extremity');
      expect(plan).toContain('cannot be undone');
      expect((await own(made)).count).toBe(2);
      expect(await room.askAndConfirm(`room forward-extremities ${made} --delete`)).toMatch(
        /^✅ Forgot 1 forward extremity of .*; 1 is left\.$/,
      );
      expect((await own(made)).count).toBe(1);
      expect(await room.ask(`room forward-extremities ${made} --delete`)).toMatch(/❌ .*there is nothing to delete/);
      expect(jsonIn(await room.ask(`room forward-extremities ${made} -o json`))).toEqual((await own(made)).results);
    });
  });

  describe('media', () => {
    test('lists the files that messages name, local and remote, each once', async () => {
      const made = await bob.createRoom({});
      const url = await bob.upload('picture', 'image/png');
      const info = { thumbnail_url: 'mxc://elsewhere.test/thumb' };
      for (let at = 0; at < 2; at += 1) await bob.send(made, { msgtype: 'm.image', body: 'p', url, info });
      const answer = await room.ask(`room media ${made}`);
      expect(answer).toContain('1 local file and 1 remote one');
      expect(bodyTable(answer).slice(1)).toEqual([
        [url, 'local'],
        ['mxc://elsewhere.test/thumb', 'remote'],
      ]);
      expect(column(await room.ask(`room media ${made} -s mxc -r`), 'File')).toEqual(
        [url, 'mxc://elsewhere.test/thumb'].toSorted().toReversed(),
      );
      expect(column(await room.ask(`room media ${made} -l 1 --page 2`), 'Origin')).toEqual(['remote']);
      expect(answer).not.toContain('encrypted');
    });

    test('says that files of an encrypted room cannot be listed', async () => {
      const made = await bob.createRoom({
        initial_state: [{ type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
      });
      expect(await room.ask(`room media ${made}`)).toContain('files in encrypted messages cannot be listed');
    });

    test('is not defeated by a message at which the list of the server fails', async () => {
      const made = await bob.createRoom({});
      const url = await bob.upload('picture', 'image/png');
      await bob.send(made, { msgtype: 'm.image', body: 'p', url });
      await bob.send(made, { msgtype: 'm.image', body: 'p', url: 'mxc://x.test/y', info: { thumbnail_url: 5 } });
      await expect(room.admin.admin('GET', `/v1/room/${path(made)}/media`)).rejects.toThrow('500');
      const answer = await room.ask(`room media ${made}`);
      expect(bodyTable(answer).slice(1)).toEqual([
        [url, 'local'],
        ['mxc://x.test/y', 'remote'],
      ]);
      expect(answer).toContain("The server's own list failed");
    });
  });
});
