import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { spawnCastellan } from '../spawn-castellan.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';

const hook = fileURLToPath(new URL('./clock-hook.ts', import.meta.url));
const dayMs = 24 * 60 * 60_000;

describeWithSynapse('somebody of another server in the admin room', () => {
  let server: Synapse;
  let other: Synapse;
  let room: AdminRoom;
  let dave: TestClient;
  const folder = mkdtempSync(join(tmpdir(), 'castellan-clock-'));
  const clockFile = join(folder, 'offset');

  beforeAll(async () => {
    writeFileSync(clockFile, '0');
    [server, other] = await Promise.all([
      startSynapse({ federation: true, serverName: 'one.test' }),
      startSynapse({ federation: true, serverName: 'two.test' }),
    ]);
    room = await openAdminRoom(server, {
      creation: { creation_content: {} },
      bot: { nodeArguments: ['--import', hook], env: { CASTELLAN_CLOCK_FILE: clockFile } },
    });
    dave = await registerUser(other, 'dave', { admin: true });
  });
  afterAll(async () => {
    await room?.close();
    await Promise.all([server?.stop(), other?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const warnings = async () =>
    (await room.admin.messages(room.roomId)).filter(
      (event) => event.sender === room.botAccount.userId && bodyOf(event).includes('less safe than it could be'),
    );
  const again = async () => {
    await room.bot().stop();
    await room.start();
  };
  const said = /people of other servers are in it and read everything \((.*?)\), and it federates/;

  test('is no finding as long as the room only could federate', async () => {
    expect(await room.ask('bot doctor')).toContain('✅ **Room**');
    expect(await warnings()).toEqual([]);
  });

  test('is warned of in the room by name at the next start, and by the doctor, in the room and on the machine', async () => {
    await room.botAccount.invite(room.roomId, dave.userId);
    await dave.join(room.roomId, [server.serverName]);
    await again();
    const warning = await room.admin.waitForEvent(room.roomId, (event) => said.test(bodyOf(event)));
    expect(said.exec(bodyOf(warning))?.[1]).toContain(dave.userId);
    expect(warning.content).toMatchObject({ msgtype: 'm.text', 'm.mentions': { room: true } });
    const finding = await room.ask('bot doctor');
    expect(finding).toMatch(/⚠️ \*\*Room\*\*.*people of other servers/);
    expect(finding).toContain(dave.userId);
    const { stdout } = await spawnCastellan(['doctor', '--config', room.configFile], { cwd: dirname(room.configFile) })
      .ended;
    expect(stdout).toMatch(/^warning +Room: people of other servers are in it .*@dave:two\.test/m);
  });

  test('is warned of once that day, and again the next', async () => {
    const day = Math.floor(Date.now() / dayMs);
    await again();
    // The warning goes out with the start, ahead of this answer.
    await room.ask('bot doctor');
    if (Math.floor(Date.now() / dayMs) === day) expect(await warnings()).toHaveLength(1);
    const before = (await warnings()).length;
    writeFileSync(clockFile, String(dayMs));
    await again();
    await expect.poll(async () => (await warnings()).length, { timeout: 20_000 }).toBe(before + 1);
  });

  test('commands nothing, an admin at home or not', async () => {
    await dave.send(room.roomId, '!admin create-user by-dave a-password-1');
    expect(await room.ask('server version')).toContain('Synapse');
    expect(server.queryDatabase('SELECT name FROM users WHERE name = ?', `@by-dave:${server.serverName}`)).toEqual([]);
  });

  test('is no finding any more once gone', async () => {
    await room.botAccount.request('POST', `/_matrix/client/v3/rooms/${encodeURIComponent(room.roomId)}/kick`, {
      user_id: dave.userId,
    });
    expect(await room.ask('bot doctor')).toContain('✅ **Room**');
  });
});
