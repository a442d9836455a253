import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { type HostLab, openHostLab } from './host-lab.ts';

describeWithSynapse('what the bot says of itself', () => {
  let lab: HostLab;
  let room: AdminRoom;

  beforeAll(async () => {
    lab = await openHostLab({ name: 'doctor', dropInText: '{}\n' });
    room = await openAdminRoom(lab.server, { config: { host: lab.host } });
  });
  afterAll(async () => {
    await room?.close();
    await lab?.close();
  });
  const again = async (changes: Record<string, unknown>) => {
    room.configure(changes);
    await room.bot().stop();
    await room.start();
  };

  test('the doctor finds nothing where all is well', async () => {
    const answer = await room.ask('bot doctor');
    expect(answer).toContain('All is well');
    for (const what of [
      'Token',
      'Sync',
      'Homeserver',
      'Admin flag',
      'Rate limit',
      'Clock',
      'Room',
      'Power',
      'Store',
      'Host',
    ])
      expect(answer).toContain(`✅ **${what}**`);
  });

  test('the configuration is shown without the token', async () => {
    const answer = await room.ask('config');
    expect(answer).toContain('maxCommandAge');
    expect(answer).not.toContain(room.botAccount.accessToken);
    expect(await room.ask('bot config -o json')).not.toContain(room.botAccount.accessToken);
  });

  test('a backup is whole, private, and the five newest stay', async () => {
    for (let n = 0; n < 6; n += 1) expect(await room.ask('bot backup')).toContain('was copied to');
    const folder = join(room.dataDir, 'backups');
    const copies = readdirSync(folder);
    expect(copies).toHaveLength(5);
    const copy = join(folder, copies.sort().at(-1) ?? '');
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const db = new Database(copy, { readonly: true });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect((db.prepare('SELECT count(*) AS n FROM audit').get() as { n: number }).n).toBeGreaterThan(5);
    db.close();
  });

  test('it warns of people in the room who are no admins, at its start and once a day', async () => {
    const guest = await registerUser(lab.server, 'onlooker');
    await room.botAccount.invite(room.roomId, guest.userId);
    await guest.join(room.roomId);
    const warnings = async () =>
      (await room.admin.messages(room.roomId)).filter((event) =>
        String(event.content.body).includes('less safe than it could be'),
      );
    expect(await warnings()).toHaveLength(0);
    await again({});
    await room.admin.waitForEvent(
      room.roomId,
      (event) => String(event.content.body).includes(guest.userId) && String(event.content.body).includes('less safe'),
    );
    await again({});
    expect(await room.ask('bot doctor')).toMatch(/⚠️ \*\*Room.*no server admin/);
    expect(await warnings()).toHaveLength(1);
    // Whom the configuration names is meant to be there.
    await again({ admins: [guest.userId] });
    expect(await room.ask('bot doctor')).toContain('✅ **Room**');
    await guest.leave(room.roomId);
    await again({ admins: [] });
  });

  test.each([
    ['public', 'm.room.join_rules', { join_rule: 'public' }, { join_rule: 'invite' }, 'anyone may join'],
    [
      'world-readable',
      'm.room.history_visibility',
      { history_visibility: 'world_readable' },
      { history_visibility: 'joined' },
      'anyone may read',
    ],
  ] as const)(
    'the doctor tells that the room is %s, and so does the room at once',
    async (_, type, unsafe, safe, words) => {
      await room.botAccount.sendState(room.roomId, type, unsafe);
      await room.admin.waitForEvent(room.roomId, (event) =>
        String(event.content.body).includes('not safe for commands'),
      );
      expect(await room.ask('bot doctor')).toContain(words);
      await room.botAccount.sendState(room.roomId, type, safe);
      expect(await room.ask('bot doctor')).toContain('✅ **Room**');
    },
  );

  test('it tells of lost power, people who do not exist, a name that leads elsewhere', async () => {
    const levels = await room.botAccount.request(
      'GET',
      `/_matrix/client/v3/rooms/${encodeURIComponent(room.roomId)}/state/m.room.power_levels`,
    );
    await room.botAccount.sendState(room.roomId, 'm.room.power_levels', {
      ...levels,
      redact: 100,
      users: { ...(levels.users as object), [room.botAccount.userId]: 60 },
    });
    expect(await room.ask('bot doctor')).toMatch(/❌ \*\*Power.*redact/);
    await again({ admins: [`@ghost:${lab.server.serverName}`], adminRoom: `#elsewhere:${lab.server.serverName}` });
    const answer = await room.ask('bot doctor');
    expect(answer).toMatch(/⚠️ \*\*People.*@ghost/);
    expect(answer).toMatch(/⚠️ \*\*Name of the room.*does not lead here/);
    await again({ admins: [], adminRoom: room.roomId });
  });

  test('it tells what is wrong with the host’s files and commands', async () => {
    const commands = { ...(lab.host.commands as object), restart: ['/nothing/here'], reload: ['no-such-program'] };
    await again({ host: { ...lab.host, commands, dropIn: '/nowhere/x.yaml', metricsUrl: 'http://127.0.0.1:9/' } });
    const answer = await room.ask('bot doctor');
    expect(answer).toMatch(/❌ \*\*Host.*host\.commands\.restart/);
    expect(answer).toMatch(/❌ \*\*Host.*host\.commands\.reload/);
    expect(answer).toMatch(/❌ \*\*Host.*host\.dropIn/);
    expect(answer).toMatch(/⚠️ \*\*Host.*metrics/);
    writeFileSync(join(lab.server.dataDir, 'conf.d', '99.yaml'), 'a:\n\tb: 1\n');
    await again({ host: lab.host });
    expect(await room.ask('bot doctor')).toMatch(/❌ \*\*Host.*line 2/);
    await again({ host: undefined });
    expect(await room.ask('bot doctor')).toContain('nothing is configured under');
  });
});
