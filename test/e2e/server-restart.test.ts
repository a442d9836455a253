import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { type HostLab, openHostLab } from './host-lab.ts';
import { changeStore, fromStore } from './store-file.ts';

const dayMs = 24 * 60 * 60_000;

const registration = (id: string, regex: string) => `id: ${id}
url: null
sender_localpart: ${id}-bot
as_token: as-${id}-0123456789abcdef
hs_token: hs-${id}-0123456789abcdef
namespaces: { users: [{ exclusive: true, regex: "${regex}" }], aliases: [], rooms: [] }
`;

describeWithSynapse('restarts of the homeserver, and what it reads', () => {
  let lab: HostLab;
  let room: AdminRoom;

  beforeAll(async () => {
    lab = await openHostLab({ name: 'server-restart', dropInText: 'max_avatar_size: 10M # for phones\n' });
    room = await openAdminRoom(lab.server, { config: { host: lab.host } });
  });
  afterEach(() => lab.instead.clear());
  afterAll(async () => {
    await room?.close();
    await lab?.close();
  });

  const codeIn = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
  const said = async () =>
    (await room.admin.messages(room.roomId)).filter(({ sender }) => sender !== room.admin.userId);
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
});
