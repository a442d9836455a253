import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { freePort } from '../homeserver/free-port.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { spawnCastellan } from '../spawn-castellan.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';

describeWithSynapse('castellan doctor', () => {
  let server: Synapse;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'doctor-command' });
    room = await openAdminRoom(server);
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });
  const doctor = () => spawnCastellan(['doctor', '--config', room.configFile], { cwd: dirname(room.configFile) }).ended;

  test('finds nothing wrong beside a running bot, which goes on', async () => {
    const { code, stdout } = await doctor();
    expect(stdout).toMatch(/^ok +Admin flag: I am a server admin\.$/m);
    expect(stdout).not.toMatch(/^(warning|fault)/m);
    expect(stdout).not.toContain(room.botAccount.accessToken);
    expect(code).toBe(0);
    expect(await room.ask('bot status')).toContain('well');
  });

  test('names what is wrong, with or without a running bot, and ends with 1 for a fault', async () => {
    const stranger = await registerUser(server, 'stranger');
    await room.admin.request('GET', '/_matrix/client/v3/account/whoami');
    await room.botAccount.invite(room.roomId, stranger.userId);
    await stranger.join(room.roomId);
    await room.bot().stop();
    const warned = await doctor();
    expect(warned.stdout).toMatch(/^warning +Room: .*@stranger:/m);
    expect(warned.code).toBe(0);
    await room.admin.admin('PUT', `/v1/users/${room.botAccount.userId}/admin`, { admin: false });
    const faulty = await doctor();
    expect(faulty.stdout).toMatch(/^fault +Admin flag: I am no server admin.*castellan init/m);
    expect(faulty.code).toBe(1);
  });

  test('says so when the homeserver gives no answer, or there is no store yet', async () => {
    room.configure({ homeserverUrl: `http://127.0.0.1:${await freePort()}` });
    const away = await doctor();
    expect(away.stderr).toContain('gives no answer');
    expect(away.code).toBe(1);
    room.configure({ dataDir: `${room.dataDir}-elsewhere` });
    const none = await doctor();
    expect(none.stderr).toContain('There is no database');
    expect(none.code).toBe(1);
  });
});
