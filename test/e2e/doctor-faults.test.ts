import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedAnswer, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { spawnCastellan } from '../spawn-castellan.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';

const hook = fileURLToPath(new URL('./clock-hook.ts', import.meta.url));

describeWithSynapse('what the doctor says of a homeserver that is not as it should be', () => {
  let server: Synapse;
  /** Between the bot and all of the homeserver. */
  let between: Scripted;
  let room: AdminRoom;
  const folder = mkdtempSync(join(tmpdir(), 'castellan-clock-'));
  const clockFile = join(folder, 'offset');
  const clockIsOffBy = (ms: number) => writeFileSync(clockFile, String(ms));

  beforeAll(async () => {
    clockIsOffBy(0);
    server = await startSynapse({ name: 'doctor-faults' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, {
      url: between.url,
      config: { backend: { type: 'synapse', timeout: '1s' } },
      bot: { nodeArguments: ['--import', hook], env: { CASTELLAN_CLOCK_FILE: clockFile } },
    });
  });
  afterEach(() => {
    between.handlers.length = 0;
    clockIsOffBy(0);
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the doctor says of one thing, hint and all. */
  async function findingsOn(what: string): Promise<string> {
    const answer = await room.ask('bot doctor');
    return answer
      .split('\n')
      .filter((line) => line.includes(`**${what}**`))
      .map((line) => line.replace(/^- /, ''))
      .join('\n');
  }
  const answering = (path: string, answer: ScriptedAnswer) => {
    between.handlers.push((request) => (request.path.startsWith(path) ? answer : undefined));
  };
  const unrecognized = { status: 404, body: { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' } };
  const badGateway = { status: 502, body: '<html><body>Bad Gateway</body></html>' };

  test('all is well with it at first, whose token and which version is told', async () => {
    expect(await findingsOn('Token')).toMatch(
      new RegExp(`^✅.*${room.botAccount.userId}.*the device.*${room.botAccount.deviceId}`),
    );
    expect(await findingsOn('Homeserver')).toMatch(/^✅ .*Synapse 1\.\d+.* at castellan\.test/);
    for (const what of ['Accounts', 'Admin API', 'Rate limit', 'Clock']) expect(await findingsOn(what)).toMatch(/^✅/);
  });

  test.each([
    ['ahead', 90_000],
    ['behind', -90_000],
  ])('clocks that are apart are told, with the time between them: the bot is %s', async (_, ms) => {
    clockIsOffBy(ms);
    const said = await findingsOn('Clock');
    expect(said).toMatch(/^⚠️ .*1 minute (2[5-9]|3[0-5]) seconds apart/);
    expect(said).toContain('ask a time server');
    clockIsOffBy(Math.sign(ms) * 20_000);
    expect(await findingsOn('Clock')).toMatch(/^✅/);
  });

  test('a rate limit that holds for the bot is told, and how it goes away', async () => {
    const path = `/v1/users/${encodeURIComponent(room.botAccount.userId)}/override_ratelimit`;
    await room.admin.admin('DELETE', path);
    expect(await findingsOn('Rate limit')).toMatch(/^⚠️ .*it holds for me.*start me again/);
    // The hint is true.
    await room.bot().stop();
    await room.start();
    expect(await findingsOn('Rate limit')).toMatch(/^✅/);
  });

  test('parts of the admin API that the homeserver does not have are named, and only these', async () => {
    for (const path of ['/_synapse/admin/v1/federation/', '/_synapse/admin/v1/scheduled_tasks'])
      answering(path, unrecognized);
    expect(await findingsOn('Admin API')).toMatch(/^⚠️ .*this homeserver does not have: federation, scheduled tasks\.$/);
  });

  test('parts that a proxy does not let through are named, with where to look', async () => {
    answering('/_synapse/admin/v1/rooms', badGateway);
    answering('/_synapse/admin/v1/event_reports', unrecognized);
    const said = await findingsOn('Admin API');
    expect(said).toMatch(/⚠️ .*does not have: reports\./);
    expect(said).toMatch(/❌ .*no answer about: rooms\. .*a proxy lets `\/_synapse\/admin` through/);
  });

  test('a version that cannot be asked for is a finding, and the rest is looked at all the same', async () => {
    answering('/_synapse/admin/v1/server_version', badGateway);
    expect(await findingsOn('Homeserver')).toMatch(/^⚠️ .*I could not look at it: /);
    expect(await findingsOn('Clock')).toMatch(/^✅/);
  });

  test('a token that has become that of another account is a fault', async () => {
    answering('/_matrix/client/v3/account/whoami', {
      status: 200,
      body: { user_id: room.admin.userId, device_id: room.admin.deviceId },
    });
    expect(await findingsOn('Token')).toMatch(/^❌ .*belongs to another account/);
  });

  test('accounts kept by a Matrix Authentication Service are told, and whom to name', async () => {
    answering('/_matrix/client/v1/auth_metadata', { status: 200, body: { issuer: 'https://auth.test/' } });
    const { stdout, code } = await spawnCastellan(['doctor', '--config', room.configFile], {
      cwd: dirname(room.configFile),
    }).ended;
    expect(stdout).toMatch(/^fault +Accounts: they live in .* name those who may command in admins\./m);
    expect(code).toBe(1);
    room.configure({ admins: [room.admin.userId] });
    await room.bot().stop();
    await room.start();
    expect(await findingsOn('Accounts')).toMatch(/^⚠️ .*Matrix Authentication Service.*mas-cli/);
  });
});
