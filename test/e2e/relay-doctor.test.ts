import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { openAdminRoom } from './admin-room.ts';
import { startBotProcess } from './bot-process.ts';
import { openRelayLab, type RelayLab } from './relay-lab.ts';
import { startServerUser } from './scripted-server-user.ts';
import { column } from './tables.ts';

describeWithSynapse("what is wrong in the homeserver's room, and where that room is", () => {
  let server: Synapse;
  beforeAll(async () => {
    server = await startSynapse({ name: 'relay-doctor' });
  });
  afterAll(() => server?.stop());

  describe('the doctor tells apart', () => {
    let lab: RelayLab;
    const path = (...parts: readonly string[]) => parts.map((part) => `/${encodeURIComponent(part)}`).join('');
    const doctor = async () =>
      (await lab.room.ask('bot doctor')).split('\n').find((line) => line.includes("Homeserver's room"));
    beforeAll(async () => {
      lab = await openRelayLab(server, 'continuwuity', { version: '26.8', timeout: '2s' });
    });
    afterAll(() => lab?.close());

    test('a worker that is dead', async () => {
      lab.native.next(/debug echo/, { silent: true });
      expect(await doctor()).toContain('nothing answers there');
    });

    test('a bot that is no admin there, while others are answered', async () => {
      lab.native.next(/debug echo/, { silent: true });
      const asked = () => lab.native.asked.filter((body) => body.includes('debug echo')).length;
      const before = asked();
      const told = doctor();
      await vi.waitFor(() => expect(asked()).toBeGreaterThan(before), 10_000);
      await lab.admin.send(lab.native.roomId, '!admin server memory-usage');
      expect(await told).toContain('answers others');
    });

    test('a bot that may not write there', async () => {
      const { client, roomId } = lab.native;
      const was = await client.request<Record<string, unknown>>(
        'GET',
        `/_matrix/client/v3/rooms${path(roomId)}/state/m.room.power_levels`,
      );
      const users = { [client.userId]: 100 };
      await client.sendState(roomId, 'm.room.power_levels', { ...was, users, events_default: 50 });
      expect(await doctor()).toContain('may not write');
      const asked = lab.native.asked.length;
      expect(await lab.room.ask('user list-users')).toMatch(/^❌ I cannot write in the homeserver's admin room/);
      expect(lab.native.asked).toHaveLength(asked);
      await client.sendState(roomId, 'm.room.power_levels', was);
      expect(await doctor()).toContain('answers in its admin room');
    });

    test('an alias that leads nowhere, or elsewhere', async () => {
      const { client, alias, roomId } = lab.native;
      const to = `/_matrix/client/v3/directory/room${path(alias)}`;
      await client.request('DELETE', to);
      expect(await doctor()).toContain('leads nowhere');
      const elsewhere = await client.createRoom({ preset: 'private_chat' });
      await client.request('PUT', to, { room_id: elsewhere });
      expect(await doctor()).toContain('leads to another room');
      await client.request('DELETE', to);
      await client.request('PUT', to, { room_id: roomId });
      expect(await doctor()).toContain('answers in its admin room');
    });

    test("a homeserver's user that is not there, which is said with a lost write too", async () => {
      const { client, roomId, state } = lab.native;
      state.users.add('bob');
      lab.native.next(/users suspend/, { silent: true });
      await lab.room.ask('user details bob');
      await client.leave(roomId);
      expect(await doctor()).toContain('is not in');
    });
  });

  describe('the way there', () => {
    test('is the room #admins and its maker unless told, and the bot’s own is #castellan', async () => {
      const room = await openAdminRoom(server, { start: false });
      const native = await startServerUser(server, {
        dialect: 'continuwuity',
        version: '26.8',
        alias: 'admins',
        localpart: 'conduit',
        invite: [room.botAccount.userId, room.admin.userId],
      });
      try {
        await room.admin.join(native.roomId);
        native.state.users.add('bob');
        const own = await room.admin.createRoom({
          preset: 'private_chat',
          room_alias_name: 'castellan',
          invite: [room.botAccount.userId],
          creation_content: { 'm.federate': false },
          power_level_content_override: { users: { [room.admin.userId]: 100, [room.botAccount.userId]: 100 } },
        });
        room.configure({ adminRoom: undefined, backend: { type: 'relay', dialect: 'continuwuity' } });
        await room.start();
        const asked = await room.admin.send(own, '!admin user list-users');
        const answer = await room.admin.waitForEvent(own, ({ content }) => content['dev.castellan.for'] === asked);
        expect(column(String(answer.content.body), 'User')).toEqual([`@bob:${server.serverName}`]);
      } finally {
        await room.close();
        await native.stop();
      }
    });

    test('may be told by the room’s id, with another beginning and another time limit', async () => {
      const lab = await openRelayLab(server, 'continuwuity', { version: '26.8', start: false });
      try {
        const { roomId, client, state } = lab.native;
        state.users.add('bob');
        lab.room.configure({
          backend: {
            type: 'relay',
            dialect: 'continuwuity',
            room: roomId,
            serverUser: client.userId,
            prefix: `${client.userId}:`,
            timeout: '1s',
          },
        });
        await lab.room.start();
        expect(column(await lab.room.ask('user list-users'), 'User')).toContain(`@bob:${server.serverName}`);
        expect(lab.native.asked.at(-1)).toBe(`${client.userId}: users list-users`);
        lab.native.next(/suspend/, { silent: true });
        expect(await lab.room.ask('user suspend bob')).toContain('within 1 s');
      } finally {
        await lab.close();
      }
    });

    test('never begins with nothing, since nothing would be taken there', async () => {
      const room = await openAdminRoom(server, { start: false });
      try {
        room.configure({ backend: { type: 'relay', dialect: 'continuwuity', prefix: '' } });
        const bot = await startBotProcess(room.configFile, { unready: true });
        expect(await bot.exited).not.toBe(0);
        expect(bot.output()).toContain('backend.prefix');
      } finally {
        await room.close();
      }
    });
  });
});
