import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { bodyOf } from '../../src/core/markdown.ts';
import { Problem } from '../../src/core/problem.ts';
import { splitWords } from '../../src/core/words.ts';
import { parseExecFlags } from '../../src/exec/exec-flags.ts';
import { openReach } from '../../src/exec/reach.ts';
import { readWords } from '../../src/exec/read-words.ts';
import { runLine } from '../../src/exec/run-line.ts';
import { openSession, type Session } from '../../src/exec/session.ts';
import { type AdminRoom, openAdminRoom } from '../e2e/admin-room.ts';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { deviceWasSeen } from '../homeserver/write-database.ts';

const page = readFileSync(new URL('../../src/commands/SYNADM.md', import.meta.url), 'utf8');
const lines = page.split('\n').flatMap((line) => {
  const [, synadm, castellan] = /^\| (.+) \| `(.+)` \|$/.exec(line) ?? [];
  return synadm === undefined || castellan === undefined ? [] : [[castellan, synadm] as const];
});

/** synadm 0.47's commands, by its own `--help`. */
const synadmCommands = [
  ...['version', 'config', 'raw ENDPOINT', 'user list', 'user search', 'user details', 'user deactivate'],
  ...['user deactivate-regex', 'user password', 'user membership', 'user modify', 'user whois', 'user media'],
  ...['user login', 'user prune-devices', 'user shadow-ban', 'user redact', 'user redact-status'],
  ...['user auth-provider', 'user 3pid', 'room list', 'room search', 'room details', 'room members', 'room join'],
  ...['room make-admin', 'room state', 'room power-levels', 'room resolve', 'room delete', 'room delete-status'],
  ...['room purge-empty', 'room block', 'room block-status', 'media list', 'media quarantine', 'media unquarantine'],
  ...['media protect', 'media purge', 'media delete', 'history purge', 'history purge-status', 'regtok list'],
  ...['regtok details', 'regtok new', 'regtok update', 'regtok delete', 'notice send', 'matrix login', 'matrix raw'],
  'group delete',
];

test.each(synadmCommands)('the page has synadm %s', (name) => {
  expect(lines.some(([, synadm]) => new RegExp(`\`${name}(?![a-z-])`).test(synadm))).toBe(true);
});

describeWithSynapse('each synadm command line has an equivalent', () => {
  let server: Synapse;
  let room: AdminRoom;
  let session: Session;
  let folder: string;
  const names = new Map<string, string>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'castellan-synadm-'));
    server = await startSynapse({ config: { server_notices: { system_mxid_localpart: 'notices' } } });
    room = await openAdminRoom(server, { start: false });
    const alice = await registerUser(server, 'alice');
    await room.admin.liftLimits(alice.userId);
    const other = await registerUser(server, 'other');
    const dora = await registerUser(server, 'dora');
    for (let device = 1; device <= 3; device++) {
      const path = `/_synapse/admin/v2/users/${encodeURIComponent(dora.userId)}/devices`;
      await room.admin.request('POST', path, { device_id: `SPARE${device}` });
      deviceWasSeen(server, dora.userId, `SPARE${device}`, Date.now() - (100 + device) * 24 * 3600_000);
    }
    for (const name of ['quitter', 'erased', 'sleeper', 'victim-1', 'victim-2']) await registerUser(server, name);
    const id = encodeURIComponent(alice.userId);
    await room.admin.request('PUT', `/_synapse/admin/v2/users/${id}`, {
      external_ids: [{ auth_provider: 'oidc', external_id: 'ext-1' }],
    });
    await room.admin.request('PUT', `/_synapse/admin/v2/users/${encodeURIComponent(other.userId)}`, {
      threepids: [{ medium: 'email', address: 'other@example.org' }],
    });
    const lobby = await alice.createRoom({ preset: 'public_chat', name: 'lobby', room_alias_name: 'lobby' });
    await other.join(lobby);
    const event = await alice.send(lobby, 'hello');
    await alice.send(lobby, 'again');
    const spammed = await alice.createRoom({ preset: 'public_chat', name: 'spammed' });
    await other.join(spammed);
    await other.send(spammed, 'buy this');
    const gone = await Promise.all([1, 2, 3, 4, 5].map(() => alice.createRoom({ name: 'to go' })));
    const upload = async (name: string) => String(await alice.upload(name, 'text/plain', name));
    const [mxc, second, third, sent] = [
      await upload('one'),
      await upload('two'),
      await upload('three'),
      await other.upload('four', 'text/plain', 'four'),
    ];
    const file = { msgtype: 'm.file', body: 'four', url: sent };
    await alice.request('PUT', `/_matrix/client/v3/rooms/${encodeURIComponent(lobby)}/send/m.room.message/file`, file);
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const post = (path: string, body: unknown) =>
      room.admin.request('POST', path, body as never) as Promise<Record<string, string>>;
    const redaction = await post(`/_synapse/admin/v1/user/${encodeURIComponent(dora.userId)}/redact`, {
      rooms: [lobby],
    });
    const purge = await post(`/_synapse/admin/v1/purge_history/${encodeURIComponent(lobby)}`, {
      purge_up_to_event_id: event,
    });
    for (const [name, value] of Object.entries({
      USER: 'alice',
      OTHER: 'other',
      VICTIM: 'quitter',
      VICTIM2: 'erased',
      VICTIM3: 'sleeper',
      ROOM: lobby,
      SPAMMED: spammed,
      ALIAS: `#lobby:${server.serverName}`,
      ...Object.fromEntries(gone.map((roomId, at) => [`GONE${at === 0 ? '' : at + 1}`, roomId])),
      MXC: mxc,
      MEDIA: mxc.split('/').at(-1),
      MEDIA2: second.split('/').at(-1),
      EVENT: event,
      SERVER: server.serverName,
      SOMEONE: 'dora',
      DEVICE: 'SPARE1',
      MXC3: third,
      EXTERNAL: 'ext-1',
      ADDRESS: 'other@example.org',
      REDACTION: redaction.redact_id,
      PURGE: purge.purge_id,
      SECRET: write('secret', 'a new password\n'),
      FILE: write('file', '{"displayname":"From a file"}'),
      SECRETTOKEN: write('regtok', 'toklong12345'),
      TOKENFILE: write('token', (room.admin as TestClient).accessToken),
    }))
      names.set(name, value ?? '');
    const config = loadConfig(room.configFile, {});
    const reach = await openReach(config, 0);
    session = await openSession({ config, reach, prefix: 'castellan exec --', as: undefined });
  });
  afterAll(async () => {
    session?.close();
    await room?.close();
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  async function run(line: string): Promise<{ readonly code: number; readonly said: string }> {
    const filled = splitWords(line).words.map(({ text }) =>
      text.replace(/\b[A-Z]{3,}\d?\b/g, (name) => names.get(name) ?? name),
    );
    const flags = parseExecFlags(['--', ...filled]);
    const read = await readWords(flags, { catalog: session.catalog, me: session.me, terminal: true });
    const confirmed = { ...read, options: { ...read.options, yes: true } };
    let said = '';
    const code = await runLine(session, confirmed, {
      async show(reply) {
        said += bodyOf(reply.blocks);
        // Rows come as they are asked for.
        for await (const batch of reply.stream?.batches ?? []) said += JSON.stringify(batch);
      },
      ask: undefined,
      aside: () => undefined,
      progress: () => undefined,
      stopping: () => false,
    });
    return { code, said };
  }

  describe('that works', () => {
    const runnable = lines.filter(([castellan]) => !/^castellan|^group/.test(castellan));
    test.each(runnable)('%s', async (castellan) => {
      onTestFailed(() => void process.stderr.write(server.readLog().slice(-8_000)));
      const { code, said } = await run(castellan);
      // Of a young server's rooms nothing is that old, which is no success.
      const tooYoung = said.includes('There is nothing older');
      expect([code, said]).toEqual([tooYoung ? 1 : 0, said]);
    });
  });

  test('but communities, which are gone from Synapse, as is said', async () => {
    await expect(run("group delete '+old:example.org'")).rejects.toThrow(Problem);
  });
});
