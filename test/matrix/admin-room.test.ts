import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bindAdminRoom } from '../../src/matrix/admin-room.ts';
import { connectMatrix } from '../../src/matrix/connect.ts';
import type { Matrix } from '../../src/matrix/matrix.ts';
import { roomFaults } from '../../src/matrix/room-faults.ts';
import { RoomRefused } from '../../src/matrix/room-refused.ts';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { keptLog, keptValues, until } from './harness.ts';

const client = '/_matrix/client/v3';

describeWithSynapse('the admin room', () => {
  let server: Synapse;
  let admin: TestClient;
  let member: TestClient;
  let bot: TestClient;
  let matrix: Matrix;
  let log: ReturnType<typeof keptLog>;
  let storage: ReturnType<typeof keptValues>;
  let names = 0;

  beforeAll(async () => {
    server = await startSynapse();
    admin = await registerUser(server, 'admin', { admin: true });
    member = await registerUser(server, 'member');
    await admin.liftLimits(member.userId);
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    bot = await registerUser(server, `bot${++names}`, { admin: true, keepLimits: true });
    log = keptLog();
    storage = keptValues();
    matrix = await connectMatrix({ homeserverUrl: server.url, token: bot.accessToken, storage, log });
  });

  const isServerAdmin = (userId: string) => Promise.resolve(userId === admin.userId || userId === bot.userId);
  const alias = () => `#room${names}:${server.serverName}`;
  const room = (owner: TestClient, options: object = {}) =>
    owner.createRoom({ preset: 'private_chat', room_alias_name: `room${names}`, invite: [bot.userId], ...options });
  const bind = (adminRoom: string | undefined = alias(), rebind = false) =>
    bindAdminRoom({ matrix, storage, log, adminRoom, isServerAdmin, rebind });
  const refusal = async () => String(await bind().catch((error: unknown) => error));

  test('is joined on the invite of a server admin, and bound', async () => {
    const roomId = await room(admin);
    expect(await bind()).toEqual({ roomId });
    expect(await admin.joinedMembers(roomId)).toContain(bot.userId);
    expect(storage.get('admin-room')).toBe(roomId);
    expect(log.lines).toEqual([]);
  });

  test('is looked for under #admins and then #admin where none is configured', async () => {
    const roomId = await admin.createRoom({ preset: 'private_chat', room_alias_name: 'admin', invite: [bot.userId] });
    expect(await bindAdminRoom({ matrix, storage, log, isServerAdmin })).toEqual({ roomId });
    await admin.request('DELETE', `${client}/directory/room/${encodeURIComponent(`#admin:${server.serverName}`)}`);
  });

  test('is waited for, in words, until it exists and a server admin invites the bot', async () => {
    const bound = bind();
    await until(() => log.lines.some((line) => line.includes('there is no room')));
    const roomId = await room(admin, { invite: [member.userId], power_level_content_override: { invite: 0 } });
    await until(() => log.lines.some((line) => line.includes('has to invite the bot')));
    await member.join(roomId);
    await member.invite(roomId, bot.userId);
    await until(() => log.lines.some((line) => line.includes('is no server admin')));
    expect(await admin.joinedMembers(roomId)).not.toContain(bot.userId);
    await admin.request('POST', `${client}/rooms/${roomId}/kick`, { user_id: bot.userId });
    await admin.invite(roomId, bot.userId);
    expect(await bound).toEqual({ roomId });
  });

  test('stays the bound one when its name leads elsewhere, until it is bound anew', async () => {
    const first = await room(admin);
    await bind();
    await admin.request('DELETE', `${client}/directory/room/${encodeURIComponent(alias())}`);
    const second = await room(admin);
    expect(await bind()).toEqual({ roomId: first });
    expect(log.lines.join()).toContain('no longer leads to the room');
    expect(await bind(alias(), true)).toEqual({ roomId: second });
    expect(storage.get('admin-room')).toBe(second);
  });

  test('is refused by name when its creator is no server admin, and left again', async () => {
    const roomId = await room(member, { power_level_content_override: { users: { [member.userId]: 100 } } });
    await admin
      .request('PUT', `/_synapse/admin/v1/users/${member.userId}/admin`, { admin: false })
      .catch(() => undefined);
    await member.invite(roomId, admin.userId);
    await admin.join(roomId);
    await member.request('POST', `${client}/rooms/${roomId}/kick`, { user_id: bot.userId });
    await admin.invite(roomId, bot.userId);
    const refused = await refusal();
    expect(refused).toContain(roomId);
    expect(refused).toContain(`its creator ${member.userId} is no server admin`);
    expect(await admin.joinedMembers(roomId)).not.toContain(bot.userId);
    expect(storage.get('admin-room')).toBeUndefined();
  });

  test('is refused when it is public, readable by anyone, encrypted or upgraded, all said at once', async () => {
    const roomId = await room(admin, {
      preset: 'public_chat',
      initial_state: [
        { type: 'm.room.history_visibility', content: { history_visibility: 'world_readable' } },
        { type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
      ],
    });
    await admin.sendState(roomId, 'm.room.tombstone', { body: 'moved', replacement_room: '!new:castellan.test' });
    await expect(bind()).rejects.toBeInstanceOf(RoomRefused);
    await admin.invite(roomId, bot.userId);
    const refused = await refusal();
    for (const fault of [
      'anyone may join it',
      'anyone may read it',
      'it is encrypted',
      'upgraded to !new:castellan.test',
    ])
      expect(refused).toContain(fault);
  });

  test('has no fault when a server admin made it private, and says which when it changes', async () => {
    const roomId = await room(admin);
    await bind();
    expect(await roomFaults(matrix, roomId, isServerAdmin)).toEqual([]);
    await admin.sendState(roomId, 'm.room.join_rules', { join_rule: 'public' });
    expect(await roomFaults(matrix, roomId, isServerAdmin)).toHaveLength(1);
  });

  test('is no longer waited for once the bot is stopped', async () => {
    const bound = bind('#nowhere:castellan.test');
    bound.catch(() => undefined);
    await until(() => log.lines.length > 0);
    matrix.stop();
    await expect(bound).rejects.toMatchObject({ kind: 'stopped' });
  });
});
