import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { type HostLab, openHostLab } from './host-lab.ts';
import { changeStore, fromStore } from './store-file.ts';

const hook = new URL('./die-hook.ts', import.meta.url).pathname;
const dayMs = 24 * 60 * 60_000;

const registration = (id: string, regex: string) => `id: ${id}
url: null
sender_localpart: ${id}-bot
as_token: as-${id}-0123456789abcdef
hs_token: hs-${id}-0123456789abcdef
namespaces: { users: [{ exclusive: true, regex: "${regex}" }], aliases: [], rooms: [] }
`;

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
    room = await openAdminRoom(lab.server, { config: { host: { ...lab.host, timeout: '6s' } }, bot });
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
  const registers = async () =>
    (await fetch(`${lab.server.url}/_matrix/client/v3/register`, { method: 'POST', body: '{}' })).status;
  async function withMain(changes: Record<string, unknown>, act: () => Promise<void>): Promise<void> {
    const whole = readFileSync(lab.mainFile, 'utf8');
    writeFileSync(lab.mainFile, JSON.stringify({ ...JSON.parse(whole), ...changes }));
    try {
      await act();
    } finally {
      writeFileSync(lab.mainFile, whole);
    }
  }

  test.each(['before', 'after'] as const)(
    'the bot killed right %s its file is put in place: at its start the old one is there, with the homeserver down',
    async (when) => {
      const before = lab.readDropIn();
      const size = when === 'before' ? '7M' : '8M';
      const yes = await (async () => {
        const code = codeIn(await room.ask(`server set-config max_upload_size ${size}`));
        dies(when);
        return room.admin.send(room.roomId, `!admin confirm ${code}`);
      })();
      await room.bot().exited;
      dies('never');
      expect(lab.readDropIn().includes(size)).toBe(when === 'after');
      expect(journal()).toContain('max_upload_size');
      await lab.server.stop({ keepData: true });
      await room.start({ ...bot, unready: true });
      await expect.poll(journal, { timeout: 20_000 }).toBeUndefined();
      expect(lab.readDropIn()).toBe(before);
      expect(readdirSync(join(lab.dropIn, '..')).filter((name) => name.includes('before'))).toEqual([]);
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
    expect(answer).toContain('It did not answer within 6 s of the restart');
    expect(answer).toContain('I put back what I had changed');
    expect(answer).toContain('It runs again as before');
    expect(lab.readDropIn()).toBe('max_avatar_size: 10M # for phones\n');
    expect(lab.runs.restart).toBe(restart + 2);
  });

  test('registrations that cannot be used or clash keep the homeserver from being restarted, unless forced', async () => {
    const [one, other] = [join(lab.server.dataDir, 'one.yaml'), join(lab.server.dataDir, 'other.yaml')];
    const { restart } = lab.runs;
    await withMain({ app_service_config_files: [one, other] }, async () => {
      writeFileSync(one, registration('one', '@shared_.*'));
      writeFileSync(other, 'id: other\nsender_localpart: x\n');
      const broken = await room.ask('server restart');
      expect(broken).toContain('would not start again');
      expect(broken).toContain(`The registration \`${other}\` cannot be used`);
      expect(broken).toContain('url');

      writeFileSync(other, registration('other', '@shared_b.*'));
      const clashing = await room.ask('server restart');
      expect(clashing).toContain('claim the same ids for themselves');
      expect(clashing).not.toContain('0123456789abcdef');
      expect(await room.ask('server reload-mods')).toContain('would not start again');
      expect(lab.runs.restart).toBe(restart);

      const plan = await room.ask('server restart --force');
      expect(plan).toContain('It may not start again');
      expect(await room.ask(`confirm ${codeIn(plan)}`)).toContain('back after');
      expect(lab.runs.restart).toBe(restart + 1);
    });
    expect(await room.askAndConfirm('server restart')).toContain('back after');
  });

  test('the file of a secret is not opened: its path is shown, and what is in it is not', async () => {
    const path = join(lab.server.dataDir, 'form-secret');
    writeFileSync(path, 'canary-in-a-file\n');
    await withMain({ form_secret_path: path, notes: 'canary-in-a-file' }, async () => {
      for (const line of ['show-config -o json', 'show-config form_secret_path']) {
        const answer = await room.ask(line);
        expect(answer).toContain(path);
      }
      // What it does not know it cannot hide: had it read the file, these words would be masked here.
      expect(await room.ask('show-config notes')).toContain('canary-in-a-file');
      expect(await room.ask('show-config form_secret_path')).not.toContain('canary');
    });
  });

  test('a restart is announced before it is begun, and its end is told after', async () => {
    let announced = false;
    lab.instead.set('restart', async () => {
      announced = (await said()).some((event) => bodyOf(event).includes('is being restarted now'));
      await lab.server.restart();
    });
    const before = (await said()).length;
    expect(await room.askAndConfirm('server restart')).toContain('back after');
    expect(announced).toBe(true);
    const words = (await said()).slice(before).map(bodyOf);
    const promise = words.findIndex((one) => one.includes('is being restarted now. I say here when it is back'));
    const result = words.findIndex((one) => one.includes('back after'));
    expect(promise).toBeGreaterThanOrEqual(0);
    expect(result).toBeGreaterThan(promise);
  });

  test('a part of the caches is dropped by lowering their factor, and the file is as before', async () => {
    const before = lab.readDropIn();
    let lowered = '';
    lab.instead.set('reload', async () => {
      lowered ||= lab.readDropIn();
      lab.server.reload();
    });
    expect(await room.askAndConfirm('server clear-caches 50')).toMatch(/had [\d,]+ entries, and then [\d,]+/);
    expect(lowered).toContain('global_factor: 0.25');
    expect(lab.readDropIn()).toBe(before);
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

  test('registration that was opened is spoken of after a day, and closed in time by a bot that was down meanwhile', async () => {
    const dueOf = () => fromStore(room.dataDir, `SELECT kind, at FROM due WHERE kind LIKE '%-registration'`)[0];
    const itIsTime = () =>
      changeStore(room.dataDir, `UPDATE due SET at = ? WHERE kind LIKE '%-registration'`, Date.now() - 1_000);
    const told = (words: string) =>
      room.admin.waitForEvent(
        room.roomId,
        (event) => event.sender === room.botAccount.userId && bodyOf(event).includes(words),
      );
    expect(await room.askAndConfirm('allow-registration true --force')).toContain('I remind you tomorrow');
    expect(await registers()).toBe(401);
    const inADay = () => expect.closeTo(Date.now() + dayMs, -5);
    expect(dueOf()).toEqual({ kind: 'remind-registration', at: inADay() });
    await room.bot().kill();
    itIsTime();
    await room.start();
    await told('Registration is still **open**');
    await expect.poll(dueOf).toEqual({ kind: 'remind-registration', at: inADay() });
    expect((await said()).filter((event) => bodyOf(event).includes('is still **open**'))).toHaveLength(1);

    expect(await room.askAndConfirm('allow-registration true --force --for 2h')).toContain('I close it again in 2 h');
    expect(dueOf()?.kind).toBe('close-registration');
    await room.bot().kill();
    itIsTime();
    expect(await registers()).toBe(401);
    await room.start();
    await told('Registration is **closed** again');
    expect(await registers()).toBe(403);
    expect(dueOf()).toBeUndefined();
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
    await room.bot().said(/"msg":"[^"]*(not|wait|again|unreachable)/i);
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
