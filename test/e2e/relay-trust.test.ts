import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { spawnCastellan } from '../spawn-castellan.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { startBotProcess } from './bot-process.ts';
import { openRelayLab, type RelayLab } from './relay-lab.ts';
import { type ServerUser, startServerUser } from './scripted-server-user.ts';
import { column } from './tables.ts';

describeWithSynapse("a relay's rooms and who may command", () => {
  let server: Synapse;
  let lab: RelayLab;

  beforeAll(async () => {
    server = await startSynapse({ name: 'relay-trust' });
    lab = await openRelayLab(server, 'continuwuity', { version: '26.8', power: false });
    lab.native.state.users.add('bob');
  });
  afterAll(async () => {
    await lab?.close();
    await server?.stop();
  });

  describe('running', () => {
    test("what is said in the homeserver's own room is no command to the bot", async () => {
      const before = (await lab.admin.messages(lab.room.roomId)).length;
      await lab.admin.send(lab.native.roomId, '!admin users list-users');
      await lab.admin.send(lab.native.roomId, `${lab.room.botAccount.userId}: whoami`);
      expect(await lab.room.ask('bot status')).toContain('continuwuity');
      const said = (await lab.admin.messages(lab.native.roomId)).filter(
        ({ sender }) => sender === lab.room.botAccount.userId,
      );
      expect(said.filter(({ type }) => type === 'm.room.message')).toEqual([]);
      expect((await lab.admin.messages(lab.room.roomId)).length).toBeLessThanOrEqual(before + 2);
    });

    test("whoever is in the homeserver's room may command, and nobody else who is in the bot's", async () => {
      const member = await registerUser(server, 'member');
      await lab.room.botAccount.invite(lab.room.roomId, member.userId);
      await member.join(lab.room.roomId);
      expect(await lab.room.ask('user list-users', member)).toContain('may not command me');
      await lab.native.client.invite(lab.native.roomId, member.userId);
      await member.join(lab.native.roomId);
      expect(column(await lab.room.ask('user list-users', member), 'User')).toContain(`@bob:${server.serverName}`);
      await member.leave(lab.native.roomId);
      await member.send(lab.room.roomId, '!admin user create-user intruder');
      expect(await lab.room.ask('bot status')).toContain('continuwuity');
      expect(lab.native.asked.filter((body) => body.includes('intruder'))).toEqual([]);
    });

    test('a secret that the bot may not remove from that room is said to stand there', async () => {
      const answer = await lab.room.ask('user create-user alice');
      expect(answer).toContain('✅ Created');
      expect(answer).toContain("stands in its admin room's history");
      const password =
        lab.native.asked
          .findLast((body) => body.includes('create-user'))
          ?.split(' ')
          .at(-1) ?? '';
      // The bot's own message goes, the homeserver's answer stays.
      await lab.native.client.waitForEvent(lab.native.roomId, ({ type }) => type === 'm.room.redaction');
      const left = (await lab.native.client.messages(lab.native.roomId)).filter(({ content }) =>
        JSON.stringify(content).includes(password),
      );
      expect(left.every(({ sender }) => sender === lab.native.client.userId)).toBe(true);
      expect(left).toHaveLength(1);
      expect(JSON.stringify(await lab.admin.messages(lab.room.roomId))).not.toContain(password);
      expect(lab.room.bot().output()).not.toContain(password);
    });

    test.each([
      ['a space in a tag', 'user put-room-tag bob !r:x.org "u.a b"', /❌/],
      ['a flag for a password', 'user reset-password bob -- --logout', /❌ This secret begins with `-`/],
      ['a space in a password', 'user reset-password bob "two words"', /❌ This secret holds a space/],
      ['a password with a line break', 'user create-user eve "a\tb"', /❌/],
    ])('%s is refused before it is sent', async (_, line, words) => {
      const before = lab.native.asked.length;
      expect(await lab.room.ask(line)).toMatch(words);
      const sent = lab.native.asked.slice(before);
      expect(sent.filter((body) => /reset-password|create-user|put-room-tag/.test(body))).toEqual([]);
    });

    test.each([
      'users deactivate {bot}',
      'users deactivate-all --force',
      'rooms alias set --force !x:x.org admins',
      'rooms moderation ban-room {room}',
      'rooms delete {ours}',
    ])('native %s is refused before it is sent', async (line) => {
      const text = line
        .replace('{bot}', lab.room.botAccount.userId)
        .replace('{room}', lab.native.roomId)
        .replace('{ours}', lab.room.roomId);
      const body = text.includes('deactivate-all') ? lab.room.botAccount.userId : undefined;
      const answer = await lab.room.askAndConfirm(`native ${text}`, undefined, body);
      expect(answer).toMatch(/❌ .* is refused/);
      expect(lab.native.asked.some((one) => one.includes(text))).toBe(false);
    });

    test('the doctor asks in the homeserver’s room, and tells why nothing answers there', async () => {
      const well = await lab.room.ask('bot doctor');
      expect(well).toMatch(/Homeserver's room.*The homeserver answers in its admin room/);
      expect(well).not.toContain('Rate limit');
    });

    test('castellan doctor, beside the running bot, asks in the homeserver’s room', async () => {
      const ended = await spawnCastellan(['doctor', '--config', lab.room.configFile], {
        cwd: dirname(lab.room.configFile),
      }).ended;
      expect(ended.stdout).toMatch(/ok +Homeserver's room: The homeserver answers in its admin room/);
    });

    test('castellan exec says for what it waits in vain', async () => {
      const folder = dirname(lab.room.configFile);
      const config = JSON.parse(readFileSync(lab.room.configFile, 'utf8'));
      const lost = join(folder, 'lost.config.json');
      writeFileSync(
        lost,
        JSON.stringify({ ...config, backend: { ...config.backend, room: `#nowhere:${server.serverName}` } }),
      );
      const ended = await spawnCastellan(['exec', '--config', lost, '--', 'user', 'list-users'], { cwd: folder }).ended;
      expect(ended).toMatchObject({ stdout: '', code: 1 });
      expect(ended.stderr).toContain(`there is no room #nowhere:${server.serverName}`);
    });

    test('native asks for no secret in the open, and is the owner’s', async () => {
      expect(await lab.room.askAndConfirm('native users create-user mallory')).toContain('user create-user');
      expect(await lab.room.askAndConfirm('native users reset_password bob')).toContain('❌');
      expect(lab.native.asked.some((body) => body.includes('mallory'))).toBe(false);
    });

    test('a name with a line break in it forges no room, and the rest of the list is still shown', async () => {
      const { state } = lab.native;
      state.rooms.set('!one:x.org', { members: ['@a:x.org', '@b:x.org'], name: 'One' });
      state.rooms.set('!two:x.org', {
        members: ['@a:x.org'],
        name: 'Two\n!forged:evil.org\tMembers: 9999\tName: Forged',
      });
      // What was read a moment ago is good until something is changed.
      expect(await lab.room.ask('user create-user neighbour')).toContain('✅ Created');
      const answer = await lab.room.ask('room list-rooms');
      expect(column(answer, 'Room').toSorted()).toEqual(['!one:x.org', '!two:x.org']);
      expect(answer).not.toContain('9999');
      state.rooms.clear();
    });

    test('a display name with a line break in it makes a list of members unbelievable, which is said', async () => {
      const { state } = lab.native;
      state.rooms.set('!one:x.org', { members: ['@a:x.org'], name: 'One' });
      state.tags.set('name @a:x.org', new Set(['A\n@forged:x.org | F']));
      expect(await lab.room.ask('room members !one:x.org')).toMatch(/❌ .*line break/);
      state.rooms.clear();
    });
  });

  describe('starting', () => {
    let room: AdminRoom;
    let native: ServerUser | undefined;
    let bot: Awaited<ReturnType<typeof startBotProcess>> | undefined;
    let n = 0;
    afterEach(async () => {
      await bot?.kill();
      await room?.close();
      await native?.stop();
      native = undefined;
    });
    const backend = (changes: Record<string, unknown> = {}) => ({
      backend: {
        type: 'relay',
        dialect: 'continuwuity',
        room: native?.alias,
        serverUser: native?.client.userId,
        ...changes,
      },
    });
    async function open(invite: (room: AdminRoom) => readonly string[], creator?: TestClient) {
      n += 1;
      room = await openAdminRoom(server, { start: false });
      native = await startServerUser(server, {
        dialect: 'continuwuity',
        version: '26.8',
        alias: `start-${n}`,
        invite: invite(room),
        powers: creator ? { [creator.userId]: 100 } : {},
      });
      return native;
    }
    async function waitsFor(changes: Record<string, unknown>, words: RegExp) {
      room.configure(changes);
      bot = await startBotProcess(room.configFile, { unready: true });
      await bot.said(words);
    }

    test('the bot waits for an invite to the homeserver’s room', async () => {
      await open(() => []);
      await waitsFor(backend(), /has to invite the bot to it/);
      await native?.client.invite(native.roomId, room.botAccount.userId);
      await bot?.said(/"msg":"ready"/);
    });

    test('it waits where there is no such room', async () => {
      await open(({ botAccount }) => [botAccount.userId]);
      await waitsFor(backend({ room: `#nothing:${server.serverName}` }), /there is no room #nothing/);
    });

    test('it waits while the homeserver’s user is not in it', async () => {
      await open(({ botAccount }) => [botAccount.userId]);
      await waitsFor(backend({ serverUser: `@somebody:${server.serverName}` }), /who answers there, is not in/);
    });

    test('it refuses a room of the usual name that the homeserver’s user has not made', async () => {
      await open(() => []);
      const { botAccount } = room;
      const fake = await registerUser(server, `faker-${n}`);
      const roomId = await fake.createRoom({
        preset: 'private_chat',
        room_alias_name: 'admins',
        invite: [botAccount.userId, native?.client.userId],
      });
      await native?.client.join(roomId);
      room.configure(backend({ room: undefined }));
      bot = await startBotProcess(room.configFile, { unready: true });
      expect(await bot.exited).not.toBe(0);
      expect(bot.output()).toContain('was not made by');
      await fake.request(
        'DELETE',
        `/_matrix/client/v3/directory/room/${encodeURIComponent(`#admins:${server.serverName}`)}`,
      );
    });

    test('its own room may not be the homeserver’s while both answer one prefix, and may with another one', async () => {
      const { roomId, state } = await open(({ botAccount, admin }) => [botAccount.userId, admin.userId]);
      state.users.add('bob');
      await room.admin.join(roomId);
      room.configure({ ...backend(), adminRoom: roomId });
      bot = await startBotProcess(room.configFile, { unready: true });
      expect(await bot.exited).toBe(7);
      expect(bot.output()).toContain('own admin room, and there the homeserver itself would answer');

      room.configure({ ...backend(), adminRoom: roomId, prefix: '!castellan' });
      bot = await startBotProcess(room.configFile);
      const asked = await room.admin.send(roomId, '!castellan user list-users');
      const answer = await room.admin.waitForEvent(
        roomId,
        ({ sender, content }) => sender === room.botAccount.userId && content['dev.castellan.for'] === asked,
      );
      expect(bodyOf(answer)).toContain(`@bob:${server.serverName}`);
    });

    test('its own room is #castellan unless told', async () => {
      const { client } = await open(({ botAccount }) => [botAccount.userId]);
      expect(client.userId).toContain('conduit');
      await waitsFor({ ...backend(), adminRoom: undefined }, /there is no room #castellan:/);
    });
  });
});
