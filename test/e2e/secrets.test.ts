import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loginPassword, type RoomEvent, registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { filesWith, fromStore } from './store-file.ts';

const password = /\b[a-zA-Z2-9]{25}\b/g;

describeWithSynapse('secrets', () => {
  let server: Synapse;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'secrets' });
    room = await openAdminRoom(server, { config: { secrets: { redactAfter: '15m' } } });
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  async function restart(config: Record<string, unknown>): Promise<void> {
    await room.bot().stop();
    room.configure(config);
    await room.start();
  }

  const exists = (localpart: string) =>
    server.queryDatabase('SELECT name FROM users WHERE name = ?', `@${localpart}:${server.serverName}`).length === 1;

  /** The bot's own room with the admin, as it stands in its store. */
  const directRoom = () =>
    String(
      fromStore(room.dataDir, 'SELECT value FROM value WHERE name = ?', `direct-room:${room.admin.userId}`)[0]?.value,
    );

  /** The newest message of the bot in its room with the admin, who comes in to read it. */
  async function lastSecret(): Promise<RoomEvent> {
    await room.admin.join(directRoom());
    const events = await room.admin.messages(directRoom());
    const found = events.findLast(({ type, sender }) => type === 'm.room.message' && sender === room.botAccount.userId);
    if (found === undefined) throw new Error('no message with a secret');
    return found;
  }

  const codeIn = (plan: RoomEvent) => /confirm ([a-z0-9]{5})/.exec(bodyOf(plan))?.[1] ?? '';
  const passwordsIn = (event: RoomEvent) => bodyOf(event).match(password) ?? [];

  /** Where a word stands in clear: rooms of the server, and files of the bot, as they are on the disk now. */
  function placesOf(word: string) {
    const rows = server.queryDatabase('SELECT DISTINCT room_id FROM event_json WHERE json LIKE ?', `%${word}%`);
    return {
      rooms: rows.map(({ room_id }) => room_id),
      files: filesWith(dirname(room.configFile), [word]),
      printed: room.bot().output().includes(word),
    };
  }

  async function isRemoved(roomId: string, eventId: string): Promise<boolean> {
    return Object.keys((await room.botAccount.event(roomId, eventId)).content).length === 0;
  }

  /** Waits until an event has lost its content. */
  async function removed(roomId: string, eventId: string): Promise<void> {
    while (!(await isRemoved(roomId, eventId))) await delay(50);
  }

  const clockPasses = (ms: number) => delay(ms);

  test("the bot's own token stands in no file but its own, and in no output", () => {
    const { files, printed } = placesOf(room.botAccount.accessToken);
    expect({ files, printed }).toEqual({ files: [join(dirname(room.configFile), 'token')], printed: false });
  });

  test('a generated password works, and stands in the direct message and nowhere else', async () => {
    expect(await room.ask('create-user generated')).toContain('The secret is in a direct message');
    const [made = ''] = passwordsIn(await lastSecret());
    await loginPassword(server, 'generated', made);
    expect(placesOf(made)).toEqual({ rooms: [directRoom()], files: [], printed: false });

    expect(await room.ask('reset-password generated')).toContain('The secret is in a direct message');
    const [again = ''] = passwordsIn(await lastSecret());
    expect(again).not.toBe(made);
    await loginPassword(server, 'generated', again);
    expect(placesOf(again)).toEqual({ rooms: [directRoom()], files: [], printed: false });
  });

  test('no command that reads rooms shows what was handed out', async () => {
    await room.ask('create-user unread');
    const event = await lastSecret();
    const [made = ''] = passwordsIn(event);
    const roomId = directRoom();
    const path = `/rooms/${encodeURIComponent(roomId)}/event/${encodeURIComponent(event.event_id)}`;
    await room.admin.request('POST', `/_matrix/client/v3${path.replace('/event/', '/report/')}`, {
      reason: 'what is this?',
    });
    const [report] = (await room.admin.admin('GET', '/v1/event_reports')).event_reports as { id: number }[];
    for (const line of [
      `room messages ${roomId}`,
      `room messages ${roomId} -o json`,
      `room event ${event.event_id}`,
      `room event ${event.event_id} -o json`,
      `report show ${report?.id}`,
      `report show ${report?.id} -o json`,
      `matrix raw GET client/v3${path}`,
      `raw GET v1/rooms/${encodeURIComponent(roomId)}/messages?dir=b`,
    ]) {
      const answer = await room.ask(line);
      expect(answer, line).toContain('•••');
      expect(answer, line).not.toContain(made);
    }
    expect(placesOf(made).rooms).toEqual([roomId]);
  });

  test('nobody but the bot can hide from these what was said', async () => {
    const lobby = await room.admin.createRoom({ preset: 'public_chat' });
    await room.admin.send(lobby, { msgtype: 'm.text', body: 'in plain sight', 'dev.castellan.secret': true });
    expect(await room.ask(`room messages ${lobby}`)).toContain('in plain sight');
  });

  test('so do those of a list, and what was typed in it is removed', async () => {
    const command = await room.admin.send(
      room.roomId,
      '!admin user create-list\n```\nlena\nlars,typed-for-lars\nlia\n```',
    );
    const code = codeIn(await room.answerTo(command));
    await room.ask(`confirm ${code}`);
    const report = await room.admin.waitForEvent(
      room.roomId,
      ({ content }) => 'dev.castellan.job' in content && String(content.body).includes('3 of 3'),
    );
    expect(bodyOf(report)).toContain('✅');
    const made = passwordsIn(await lastSecret());
    expect(made).toHaveLength(2);
    await loginPassword(server, 'lena', made[0] ?? '');
    await loginPassword(server, 'lia', made[1] ?? '');
    await loginPassword(server, 'lars', 'typed-for-lars');
    for (const word of made) expect(placesOf(word)).toEqual({ rooms: [directRoom()], files: [], printed: false });
    await removed(room.roomId, command);
    expect(placesOf('typed-for-lars')).toMatchObject({ files: [], printed: false });
  });

  test('the room of the direct messages is private, and stays so', async () => {
    await room.ask('reset-password generated');
    const roomId = directRoom();
    const state = await room.botAccount.request<RoomEvent[]>(
      'GET',
      `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state`,
    );
    const content = (type: string) => state.find((event) => event.type === type)?.content;
    expect(content('m.room.create')).toMatchObject({ 'm.federate': false });
    expect(content('m.room.power_levels')).toMatchObject({ invite: 100, users: { [room.botAccount.userId]: 100 } });
    expect(content('m.room.power_levels')?.users).not.toHaveProperty([room.admin.userId]);
    expect(content('m.room.join_rules')).toMatchObject({ join_rule: 'invite' });
    expect(content('m.room.encryption')).toBeUndefined();
    const members = state.filter(({ type }) => type === 'm.room.member').map(({ state_key }) => state_key);
    expect(members.sort()).toEqual([room.botAccount.userId, room.admin.userId].sort());
  });

  test.each<[string, (roomId: string) => Promise<unknown>]>([
    [
      'a third person was let into',
      async (roomId) => {
        const third = await registerUser(server, 'third');
        await room.botAccount.invite(roomId, third.userId);
        await third.join(roomId);
      },
    ],
    ['the requester has left', (roomId) => room.admin.leave(roomId)],
    [
      'was encrypted',
      (roomId) => room.botAccount.sendState(roomId, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }),
    ],
  ])('a new room is made for a secret where the one that there was %s', async (_, spoil) => {
    await lastSecret();
    const before = directRoom();
    await spoil(before);
    await room.ask('reset-password generated');
    const after = directRoom();
    expect(after).not.toBe(before);
    const [made = ''] = passwordsIn(await lastSecret());
    expect(placesOf(made).rooms).toEqual([after]);
  });

  test.each<[string, (line: string) => Promise<string>]>([
    ['done', (line) => room.ask(line)],
    ['refused', (line) => room.ask(line.replace('create-user typed-done', `reset-password nobody-here`))],
    ['mistyped', (line) => room.ask(line.replace('create-user', 'craete-user'))],
    ['not understood', (line) => room.ask(`${line} "and an open quote`)],
  ])('a typed password is removed once its command is %s, and the answer says so', async (outcome, ask) => {
    const word = `typed-${outcome.replaceAll(' ', '-')}-9`;
    const answer = await ask(`create-user typed-${outcome} ${word}`);
    expect(answer).toContain('held a secret: I am removing it');
    expect(answer).not.toContain(word);
    const command = (await room.admin.messages(room.roomId)).findLast(
      ({ type, sender }) => type === 'm.room.message' && sender === room.admin.userId,
    );
    await removed(room.roomId, command?.event_id ?? '');
    expect(placesOf(word)).toMatchObject({ files: [], printed: false });
  });

  test('its edits are removed with it', async () => {
    await room.bot().stop();
    const command = await room.admin.send(room.roomId, '!admin create-user edited typed-edited-1');
    const body = '!admin create-user edited typed-edited-2';
    const edit = await room.admin.send(room.roomId, {
      msgtype: 'm.text',
      body: `* ${body}`,
      'm.new_content': { msgtype: 'm.text', body },
      'm.relates_to': { rel_type: 'm.replace', event_id: command },
    });
    await room.start();
    await room.answerTo(command);
    await removed(room.roomId, command);
    await removed(room.roomId, edit);
    expect(exists('edited')).toBe(true);
  });

  test('a typed password is kept while its plan waits, and removed when that is dropped', async () => {
    const command = await room.admin.send(room.roomId, `!admin reset-password ${room.admin.userId} typed-for-a-plan-1`);
    const code = codeIn(await room.answerTo(command));
    expect(await isRemoved(room.roomId, command)).toBe(false);
    expect(await room.ask(`cancel ${code}`)).toContain('Dropped');
    await removed(room.roomId, command);
    await expect(loginPassword(server, room.admin.userId, 'typed-for-a-plan-1')).rejects.toThrow('403');
  });

  test('a typed password of someone who may not command is removed, also when nothing is said any more', async () => {
    const mallory = await registerUser(server, 'mallory');
    await room.botAccount.invite(room.roomId, mallory.userId);
    await mallory.join(room.roomId);
    const first = await mallory.send(room.roomId, '!admin create-user evil typed-evil-1');
    const second = await mallory.send(room.roomId, '!admin create-user evil typed-evil-2');
    await removed(room.roomId, first);
    await removed(room.roomId, second);
    expect(exists('evil')).toBe(false);
  });

  test('a typed password is removed when its plan expires', async () => {
    await restart({ confirm: { ttl: '1s' } });
    const command = await room.admin.send(room.roomId, `!admin reset-password ${room.admin.userId} typed-for-a-plan-2`);
    const code = codeIn(await room.answerTo(command));
    await removed(room.roomId, command);
    expect(await room.ask(`confirm ${code}`)).toContain('expired');
  });

  test('a secret is removed some time after it could be read, and not before, over a restart too', async () => {
    await restart({ confirm: { ttl: '5m' }, secrets: { redactAfter: '2s' } });
    // Out of the room, so that the next one is a room not joined yet.
    await room.admin.leave(directRoom());
    await room.ask('reset-password generated');
    const roomId = directRoom();
    const sent = (await room.botAccount.messages(roomId)).findLast(({ type }) => type === 'm.room.message');
    const eventId = sent?.event_id ?? '';
    await clockPasses(3_000);
    await room.ask('server version');
    expect(await isRemoved(roomId, eventId)).toBe(false);

    await room.bot().kill();
    await room.admin.join(roomId);
    await room.start();
    await removed(roomId, eventId);
    const [joined] = (await room.botAccount.messages(roomId)).filter(
      ({ type, sender, content }) =>
        type === 'm.room.member' && sender === room.admin.userId && content.membership === 'join',
    );
    const redaction = (await room.botAccount.messages(roomId)).find(({ type }) => type === 'm.room.redaction');
    const stood = (redaction?.origin_server_ts ?? 0) - (joined?.origin_server_ts ?? 0);
    expect(stood).toBeGreaterThanOrEqual(2_000);
  });

  test('`secrets.delivery: none` refuses what would make a secret, and does nothing', async () => {
    await restart({ secrets: { delivery: 'none' } });
    expect(await room.ask('create-user secretless')).toContain('secrets.delivery');
    expect(exists('secretless')).toBe(false);
    expect(await room.ask('create-user secretless typed-none-1')).toContain('Created');
    expect(exists('secretless')).toBe(true);
  });

  test('`secrets.delivery: room` puts it into the room and removes it there', async () => {
    await restart({ secrets: { delivery: 'room', redactAfter: '2s' } });
    const answer = await room.ask('create-user roomy');
    expect(answer).toContain('The secret is in the message above');
    const events = await room.admin.messages(room.roomId);
    const secret = events.findLast((event) => /Password of/.test(bodyOf(event)));
    const [made = ''] = secret === undefined ? [] : passwordsIn(secret);
    await loginPassword(server, 'roomy', made);
    await removed(room.roomId, secret?.event_id ?? '');
    expect(placesOf(made)).toMatchObject({ files: [], printed: false });
  });

  test('where the bot may not remove a typed password, it asks for that', async () => {
    const weak = await openAdminRoom(server, { start: false });
    try {
      await weak.botAccount.sendState(weak.roomId, 'm.room.power_levels', {
        users: { [weak.botAccount.userId]: 50, [weak.admin.userId]: 100 },
        redact: 100,
      });
      await weak.start();
      const command = await weak.admin.send(weak.roomId, '!admin create-user powerless typed-weak-1');
      const answer = bodyOf(await weak.answerTo(command));
      expect(answer).toContain('please delete it yourself');
      expect(answer).toContain('power');
      expect((await weak.admin.event(weak.roomId, command)).content).toHaveProperty('body');
    } finally {
      await weak.close();
    }
  });
});
