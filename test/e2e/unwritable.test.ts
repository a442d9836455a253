import { execFileSync } from 'node:child_process';
import { afterAll, test as anywhere, beforeAll, beforeEach, expect } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { answered } from './answered.ts';
import { fromStore } from './store-file.ts';

// Limits of another process are set so on Linux only.
const test = anywhere.skipIf(process.platform !== 'linux');

describeWithSynapse('a store that cannot be written', () => {
  let server: Synapse;
  let between: Scripted;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'unwritable' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } } });
    for (const name of ['ann', 'ben', 'cas', 'dan']) await registerUser(server, name);
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });
  beforeEach(() => {
    between.handlers.length = 0;
  });

  const user = (name: string) => `@${name}:${server.serverName}`;
  /** From then on every write of the bot to a file fails, as on a full disk. */
  const fill = () => execFileSync('prlimit', ['--pid', String(room.bot().pid), '--fsize=0:unlimited']);
  const empty = () => execFileSync('prlimit', ['--pid', String(room.bot().pid), '--fsize=unlimited:unlimited']);
  const stateOf = (name: string) =>
    server.queryDatabase(
      'SELECT deactivated, locked, suspended, shadow_banned FROM users WHERE name = ?',
      user(name),
    )[0];
  const isTouched = (name: string) => {
    const { deactivated, locked, suspended, shadow_banned } = stateOf(name) ?? {};
    return [deactivated, locked, suspended, shadow_banned].some(Boolean);
  };

  /** Holds the first such request until it is let go. */
  function holdAt(matches: (request: ScriptedRequest) => boolean) {
    const reached = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    let once = false;
    between.handlers.push(async (request) => {
      if (once || !matches(request)) return undefined;
      once = true;
      reached.resolve();
      await release.promise;
      return undefined;
    });
    return { reached: reached.promise, release: () => release.resolve() };
  }

  test('refuses every command that would change something, says why, and none of them runs later', async () => {
    expect(await room.ask('user lock ann')).toContain('Locked');
    expect(await room.ask('user unlock ann')).toContain('can use its account again');
    const before = fromStore(room.dataDir, 'SELECT count(*) AS n FROM audit')[0]?.n;
    fill();
    const lines = [
      'user lock ann',
      'user suspend ann',
      'user shadow-ban ann',
      'user deactivate ann --yes-i-want-to-do-this',
      'user logout ann',
      'create-user eve',
      'raw POST /_synapse/admin/v1/users/ann/shadow_ban',
      'bot backup',
    ];
    const events: string[] = [];
    for (const line of lines) events.push(await room.admin.send(room.roomId, `!admin ${line}`));
    for (const event of events)
      expect(bodyOf(await room.answerTo(event))).toMatch(
        /❌ The bot's database cannot be written .* nothing is done\./,
      );
    expect(isTouched('ann')).toBe(false);
    empty();
    expect(await room.ask('user lock ben')).toContain('Locked');
    expect(isTouched('ann')).toBe(false);
    expect(stateOf('eve')).toBeUndefined();
    expect((await answered(room, events)).toSorted()).toEqual(events.toSorted());
    const commands = fromStore(room.dataDir, 'SELECT command FROM audit WHERE seq > ? ORDER BY seq', before);
    expect(commands.map(({ command }) => command)).toEqual(['user lock', 'user lock']);
    expect(await room.ask('audit verify')).toContain('in order');
  });

  test('refuses also what it had taken in before the disk was full', async () => {
    const held = holdAt(({ method, path }) => method === 'GET' && path.includes('/users/'));
    const command = await room.admin.send(room.roomId, '!admin user lock cas');
    await held.reached;
    fill();
    held.release();
    expect(bodyOf(await room.answerTo(command))).toContain('cannot be written');
    expect(isTouched('cas')).toBe(false);
    empty();
    expect(await room.ask('user suspend cas')).toContain('Suspended');
    expect(stateOf('cas')).not.toMatchObject({ locked: 1 });
    expect(await answered(room, [command])).toEqual([command]);
  });

  test('what was done when it became full is recorded and answered as soon as it can be', async () => {
    const held = holdAt(({ method, path, body }) => method === 'PUT' && path.includes('dan') && body.includes('lock'));
    const command = await room.admin.send(room.roomId, '!admin user lock dan');
    await held.reached;
    fill();
    held.release();
    const said = 'trying again until it can';
    await room.bot().said(new RegExp(`(?:${said}[^]*){${room.bot().output().split(said).length}}`));
    expect(isTouched('dan')).toBe(true);
    empty();
    expect(bodyOf(await room.answerTo(command))).toContain('Locked');
    const records = fromStore(room.dataDir, "SELECT record FROM audit WHERE record LIKE '%' || ? || '%'", command);
    expect(records.map(({ record }) => JSON.parse(String(record)).kind)).toEqual(['intent', 'outcome']);
    expect(await answered(room, [command])).toEqual([command]);
  });

  test('a command that was refused so does not run after a restart, and a stop ends with 0', async () => {
    fill();
    const command = await room.admin.send(room.roomId, '!admin user suspend ben');
    expect(bodyOf(await room.answerTo(command))).toContain('cannot be written');
    expect(await room.bot().stop()).toBe(0);
    await room.start();
    expect(await room.ask('user unlock ben')).toContain('can use its account again');
    expect(isTouched('ben')).toBe(false);
    expect(await answered(room, [command])).toEqual([command]);
  });
});
