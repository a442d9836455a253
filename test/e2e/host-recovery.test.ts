import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { type HostLab, openHostLab } from './host-lab.ts';
import { fromStore } from './store-file.ts';

const hook = new URL('./die-hook.ts', import.meta.url).pathname;

describeWithSynapse('the homeserver’s files and restarts, when things go wrong', () => {
  let lab: HostLab;
  let room: AdminRoom;
  const folder = mkdtempSync(join(tmpdir(), 'castellan-die-'));
  const dieFile = join(folder, 'when');
  const dies = (when: 'never' | 'before' | 'after') => writeFileSync(dieFile, when);
  const bot = { nodeArguments: ['--import', hook], env: { CASTELLAN_DIE_FILE: dieFile } };

  beforeAll(async () => {
    dies('never');
    lab = await openHostLab({ name: 'host-recovery', dropInText: 'max_avatar_size: 10M # for phones\n' });
    room = await openAdminRoom(lab.server, { config: { host: { ...lab.host, timeout: '10s' } }, bot });
  });
  afterEach(() => {
    lab.instead.clear();
    dies('never');
  });
  afterAll(async () => {
    await room?.close();
    await lab?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const codeIn = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
  const said = async () =>
    (await room.admin.messages(room.roomId)).filter(({ sender }) => sender !== room.admin.userId);
  /** Sends the yes and does not wait for its answer. */
  async function sayYes(line: string, word = ''): Promise<string> {
    const code = codeIn(await room.ask(line));
    return room.admin.send(room.roomId, `!admin confirm ${code} ${word}`.trim());
  }
  const journal = () => fromStore(room.dataDir, `SELECT value FROM value WHERE name = 'host journal'`)[0]?.value;

  test.each(['before', 'after'] as const)(
    'the bot killed right %s its file is put in place: at its start the old one is there, with the homeserver down',
    async (when) => {
      const [before, kept] = [lab.readDropIn(), journal()];
      const size = when === 'before' ? '7M' : '8M';
      const code = codeIn(await room.ask(`server set-config max_upload_size ${size}`));
      dies(when);
      const yes = await room.admin.send(room.roomId, `!admin confirm ${code}`);
      await room.bot().exited;
      dies('never');
      expect(lab.readDropIn().includes(size)).toBe(when === 'after');
      expect(journal()).not.toBe(kept);
      await lab.server.stop({ keepData: true });
      await room.start({ ...bot, unready: true });
      await expect.poll(journal, { timeout: 20_000 }).toBe(kept);
      expect(lab.readDropIn()).toBe(before);
      expect(readdirSync(join(lab.dropIn, '..')).filter((name) => name.endsWith('.new'))).toEqual([]);
      // With the homeserver back it is done as it was asked for, once.
      await lab.server.restart();
      expect(bodyOf(await room.answerTo(yes))).toContain('✅');
      expect(lab.readDropIn()).toContain(`max_upload_size: ${size}`);
    },
  );

  test('a restart command that ends well and leaves the homeserver down: the old file comes back, and it is said', async () => {
    expect(lab.readDropIn()).toContain('max_upload_size: 8M');
    lab.instead.set('restart', async () => {
      lab.instead.delete('restart');
      await lab.server.stop({ keepData: true });
    });
    const { restart } = lab.runs;
    const answer = await room.askAndConfirm('server restart');
    expect(answer).toContain('did not come up with the new files');
    expect(answer).toContain('It did not answer within 10 s of the restart');
    expect(answer).toContain('I put back what I had changed');
    expect(answer).toContain('It runs again as before');
    expect(lab.readDropIn()).toBe('max_avatar_size: 10M # for phones\n');
    expect(lab.runs.restart).toBe(restart + 2);
  });

  test('the bot killed while the caches are lowered: at its start their factor is put back', async () => {
    const before = lab.readDropIn();
    let lowered = '';
    const killed = Promise.withResolvers<void>();
    lab.instead.set('reload', async () => {
      lab.instead.delete('reload');
      lowered = lab.readDropIn();
      await room.bot().kill();
      lab.server.reload();
      killed.resolve();
    });
    const yes = await sayYes('server clear-caches');
    await killed.promise;
    expect(lowered).toContain('global_factor: 0.001');
    expect(lab.readDropIn()).toBe(lowered);
    const { reload } = lab.runs;
    await lab.server.stop({ keepData: true });
    await room.start({ ...bot, unready: true });
    await expect.poll(() => lab.runs.reload, { timeout: 20_000 }).toBe(reload + 1);
    expect(lab.readDropIn()).toBe(before);
    await lab.server.restart();
    expect(bodyOf(await room.answerTo(yes))).toContain('entries');
    expect(lab.readDropIn()).toBe(before);
  });

  test('a shutdown with the bot restarted in between: it waits for the homeserver, and tells the result once', async () => {
    const stopped = Promise.withResolvers<void>();
    lab.instead.set('stop', async () => {
      await room.bot().kill();
      await lab.server.stop({ keepData: true });
      stopped.resolve();
    });
    const yes = await sayYes('server shutdown', 'castellan.test');
    await stopped.promise;
    const { stop } = lab.runs;
    await room.start({ ...bot, unready: true });
    await room.bot().said(/the homeserver does not answer; trying again/);
    await lab.server.restart();
    expect(bodyOf(await room.answerTo(yes))).toContain('The homeserver was stopped');
    expect(lab.runs.stop).toBe(stop);
    expect(await room.ask('server version')).toContain('Synapse');
    const words = (await said()).map(bodyOf);
    expect(words.filter((one) => one.includes('is being stopped now'))).toHaveLength(1);
    expect(words.filter((one) => one.includes('The homeserver was stopped'))).toHaveLength(1);
    expect(existsSync(lab.dropIn)).toBe(true);
  });
});
