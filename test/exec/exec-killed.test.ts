import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdminRoom, openAdminRoom } from '../e2e/admin-room.ts';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type Castellan, spawnCastellan } from '../spawn-castellan.ts';

describeWithSynapse('castellan exec, killed or left alone in the middle of a job', () => {
  let server: Synapse;
  let between: Scripted;
  let room: AdminRoom;
  const deactivated: string[] = [];

  beforeAll(async () => {
    server = await startSynapse({ name: 'exec-killed' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: between.url, start: false });
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });

  async function people(prefix: string): Promise<readonly string[]> {
    const names = Array.from({ length: 8 }, (_, n) => `${prefix}-${n}`);
    for (const name of names) await registerUser(server, name);
    return names;
  }
  const exec = (names: readonly string[]): Castellan =>
    spawnCastellan(['exec', '-c', room.configFile, '--', 'user', 'deactivate-all', '--yes-i-want-to-do-this'], {
      cwd: room.dataDir.replace(/\/data$/, ''),
      stdin: names.join('\n'),
    });
  const closed = (names: readonly string[]) =>
    names.filter(
      (name) =>
        server.queryDatabase('SELECT deactivated FROM users WHERE name = ?', `@${name}:${server.serverName}`)[0]
          ?.deactivated === 1,
    );

  /** Once the homeserver is asked for the n-th deactivation, which then goes through. */
  function atDeactivation(n: number, act: () => Promise<void> | void): void {
    deactivated.length = 0;
    between.handlers.length = 0;
    between.handlers.push(async ({ method, path }) => {
      if (method !== 'POST' || !path.includes('/v1/deactivate/')) return undefined;
      deactivated.push(decodeURIComponent(path));
      if (deactivated.length === n) await act();
      return undefined;
    });
  }
  /** Cut short in the middle one may be asked for again, since it ends the same way; no other is. */
  const askedTwice = () => deactivated.length - new Set(deactivated).size;

  test('killed without a bot, its job is gone on with by the next bot', async () => {
    const names = await people('alone');
    const running = Promise.withResolvers<Castellan>();
    atDeactivation(4, async () => (await running.promise).kill('SIGKILL'));
    const child = exec(names);
    running.resolve(child);
    expect((await child.ended).code).toBeNull();
    expect(closed(names).length).toBeLessThan(names.length);
    await room.start();
    await expect.poll(() => closed(names).length, { timeout: 240_000, interval: 200 }).toBe(names.length);
    expect(askedTwice()).toBeLessThanOrEqual(1);
    expect(await room.ask('audit verify')).toContain('in order');
  });

  test('killed beside a running bot, its job is done by the bot all the same', async () => {
    const names = await people('beside');
    const running = Promise.withResolvers<Castellan>();
    atDeactivation(3, async () => (await running.promise).kill('SIGKILL'));
    const child = exec(names);
    running.resolve(child);
    await child.ended;
    await expect.poll(() => closed(names).length, { timeout: 240_000, interval: 200 }).toBe(names.length);
    expect(askedTwice()).toBe(0);
    expect(await room.ask('job list')).not.toContain('running');
  });

  test('the bot killed while it follows, it goes on with the job itself', async () => {
    const names = await people('taken-over');
    atDeactivation(3, () => room.bot().kill());
    const { code } = await exec(names).ended;
    expect(code).toBe(0);
    expect(closed(names)).toHaveLength(names.length);
    expect(askedTwice()).toBeLessThanOrEqual(1);
  });
});
