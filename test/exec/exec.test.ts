import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text as all } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { openStore } from '../../src/store/open.ts';
import { storePath } from '../../src/store/store-path.ts';
import { type AdminRoom, openAdminRoom } from '../e2e/admin-room.ts';
import { loginPassword, registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type Ended, type PackedCastellan, packCastellan, type RunOptions } from './packed-castellan.ts';

describeWithSynapse('castellan exec', () => {
  let server: Synapse;
  let room: AdminRoom;
  let packed: PackedCastellan;
  let folder: string;

  beforeAll(async () => {
    packed = packCastellan();
    server = await startSynapse();
    room = await openAdminRoom(server, { start: false });
    folder = mkdtempSync(join(tmpdir(), 'castellan-exec-'));
    for (const name of ['alice', 'bob', 'carol']) await registerUser(server, name, { password: `${name} password` });
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
    packed?.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const exec = (argv: readonly string[], options?: RunOptions): Promise<Ended> =>
    packed.run(['exec', '--config', room.configFile, ...argv], options);
  const user = (name: string) => `@${name}:${server.serverName}`;
  const account = async (name: string): Promise<Record<string, unknown>> =>
    (await room.admin.request('GET', `/_synapse/admin/v2/users/${encodeURIComponent(user(name))}`)) as never;
  const written = (name: string, text: string | Uint8Array): string => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const audit = (command: string) => {
    const store = openStore(storePath(room.dataDir), { clock: Date.now, readonly: true });
    try {
      return store.audit.list({ command, limit: 50, from: 0 });
    } finally {
      store.close();
    }
  };

  describe('shows what was asked for', () => {
    test('as a table for people', async () => {
      const { code, stdout, stderr } = await exec(['--', 'user', 'list-users', '-n', 'alice']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(user('alice'));
      expect(stdout).toMatch(/┌─+┬/);
    });

    test.each(['json', 'minified'])('as one document with -o %s', async (format) => {
      const { code, stdout } = await exec(['-o', format, '--', 'user', 'list-users', '-n', 'alice']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject([{ name: user('alice') }]);
      expect(stdout.trimEnd().includes('\n')).toBe(format === 'json');
    });

    test('as YAML', async () => {
      const { stdout } = await exec(['--', 'user', 'details', 'alice', '-o', 'yaml']);
      expect(parseYaml(stdout)).toMatchObject({ name: user('alice'), admin: false });
    });

    test('as CSV, as pprint, and by any beginning of a format', async () => {
      expect((await exec(['-o', 'c', '--', 'user', 'list', '-n', 'bob'])).stdout).toMatch(/^user,.*\r\n@bob:/);
      expect((await exec(['-o', 'pp', '--', 'user', 'details', 'bob'])).stdout).toMatch(/name: '@bob:/);
    });

    test('of help, however it is asked for, where there is a homeserver too', async () => {
      for (const words of [
        ['user', 'list', 'help'],
        ['user', 'details', '--HELP'],
        ['server', 'version', '-h'],
        ['server', 'Help'],
      ]) {
        const { code, stdout, stderr } = await exec(['--', ...words]);
        expect([words, code, stderr]).toEqual([words, 0, '']);
        expect(stdout).toContain('castellan exec -- ');
      }
    });

    test.each(['without a configuration', 'with a faulty one'])('of help %s, on every level', async (how) => {
      const cwd = mkdtempSync(join(folder, 'help-'));
      if (how === 'with a faulty one') writeFileSync(join(cwd, 'bot.config.json'), '{"colour": "red"}');
      for (const argv of [['--help'], ['--', 'help'], ['--', 'user', '--help'], ['--', 'help', 'user', 'details']]) {
        const { code, stdout } = await packed.run(['exec', ...argv], { cwd });
        expect([argv, code]).toEqual([argv, 0]);
        expect(stdout).toContain('castellan exec');
      }
    });
  });

  describe('finds its configuration', () => {
    const here = (where: string) => {
      const place = join(folder, where);
      mkdirSync(place, { recursive: true });
      return place;
    };
    const whoami = async (argv: readonly string[], options: RunOptions) => {
      const { code, stdout, stderr } = await packed.run(['exec', ...argv, '--', 'bot', 'whoami'], options);
      return [code, stderr, code === 0 && stdout.includes('owner')];
    };

    test.each(['-c', '--config', '--config-file'])('by %s', async (flag) => {
      expect(await whoami([flag, room.configFile], { cwd: here('empty') })).toEqual([0, '', true]);
    });

    test('in the folder, and else in ~/.config/castellan', async () => {
      const home = here('home');
      const usual = here('home/.config/castellan');
      const { accessTokenFile, dataDir, ...rest } = JSON.parse(readFileSync(room.configFile, 'utf8'));
      const near = (path: string) => resolve(dirname(room.configFile), path);
      const config = { ...rest, accessTokenFile: near(accessTokenFile), dataDir: near(dataDir) };
      writeFileSync(join(usual, 'bot.config.json'), JSON.stringify(config));
      const cwd = here('work');
      expect(await whoami([], { cwd, env: { HOME: home } })).toEqual([0, '', true]);
      writeFileSync(join(cwd, 'bot.config.json'), '{"colour": "red"}');
      expect(await whoami([], { cwd, env: { HOME: home } })).toEqual([2, expect.stringContaining('colour'), false]);
    });
  });

  describe('of what only reads the homeserver', () => {
    const configured = (name: string, changed: Readonly<Record<string, unknown>>) => {
      const { accessTokenFile, ...rest } = JSON.parse(readFileSync(room.configFile, 'utf8'));
      const token = resolve(dirname(room.configFile), accessTokenFile);
      return written(name, JSON.stringify({ ...rest, accessTokenFile: token, ...changed }));
    };

    test('needs no store, and everything else makes one', async () => {
      const dataDir = join(folder, 'made-when-needed');
      const config = configured('no-store.json', { dataDir });
      for (const words of [
        ['server', 'version'],
        ['user', 'list', '--all'],
        ['user', 'details', 'alice'],
        ['report', 'list'],
      ]) {
        const { code, stderr } = await packed.run(['exec', '-c', config, '--', ...words]);
        expect([words, code, stderr]).toEqual([words, 0, '']);
      }
      expect(existsSync(dataDir)).toBe(false);
      expect((await packed.run(['exec', '-c', config, '--', 'bot', 'status'])).code).toBe(0);
      expect(existsSync(dataDir)).toBe(true);
    });

    test.each(['SIGINT', 'SIGTERM'] as const)('ends in words on %s while the homeserver is silent', async (signal) => {
      const asked = Promise.withResolvers<void>();
      const between = await startScripted(
        [
          ({ path }) => {
            if (!/\/users\?/.test(path)) return undefined;
            asked.resolve();
            return 'hang';
          },
        ],
        server.url,
      );
      try {
        const config = configured('silent.json', { homeserverUrl: between.url });
        const child = spawn(packed.bin, ['exec', '-c', config, '--', 'user', 'list'], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        const said = all(child.stderr);
        const ended = once(child, 'close');
        await asked.promise;
        child.kill(signal);
        expect((await ended)[0]).toBe(1);
        expect(await said).toMatch(/^❌ .*stop/i);
      } finally {
        await between.close();
      }
    });

    test('is told apart from a mistyped line without the homeserver', async () => {
      const config = configured('nobody-there.json', { homeserverUrl: 'http://127.0.0.1:1' });
      const run = (...words: string[]) => packed.run(['exec', '-c', config, '--', ...words]);
      expect(await run('server', 'version', '--loud')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--loud'),
      });
      expect(await run('server', 'version')).toMatchObject({ code: 1, stdout: '' });
      // Names of everything that a table could have, too.
      expect((await run('constructor', 'list')).code).toBe(2);
      expect((await run('__proto__', 'list')).code).toBe(2);
    });
  });

  test('says on standard error what it did with -v, and what it asked with -vv, but no secret', async () => {
    const told = async (argv: readonly string[]) => {
      const { code, stdout, stderr } = await exec(argv);
      expect(code).toBe(0);
      expect(stdout).not.toContain('"level"');
      return stderr;
    };
    expect(await told(['-v', '--', 'user', 'suspend', 'alice'])).toMatch(/"command":"user suspend","outcome":"done"/);
    expect(await told(['-v', '--', 'user', 'details', 'alice'])).toBe('');
    const file = written('mellon', 'mellon-mellon');
    expect(await told(['--', 'token', 'create', '--token-file', file])).toBe('');
    const all = await told(['-vv', '--', 'token', 'details', '--token-file', file]);
    expect(all).toContain('"request":"GET /_synapse/admin/v1/registration_tokens","outcome":"answered"');
    expect(all).not.toMatch(/mellon|syt_/);
    const unsuspended = await told(['-vv', '--', 'user', 'unsuspend', 'alice']);
    expect(unsuspended).toContain('"request":"PUT /_synapse/admin/v1/suspend/…","outcome":"answered"');
    expect(unsuspended).not.toContain('alice');
  });

  describe('writes', () => {
    test('without a question what can be put right, and into the audit trail who did it', async () => {
      expect((await exec(['--', 'user', 'suspend', 'carol'])).code).toBe(0);
      expect((await account('carol')).suspended).toBe(true);
      expect((await exec(['--as', 'cron', '--', 'user', 'unsuspend', 'carol'])).code).toBe(0);
      const [outcome, intent] = audit('user unsuspend');
      expect([intent?.kind, outcome?.kind, outcome?.outcome]).toEqual(['intent', 'outcome', 'done']);
      expect(outcome?.actor).toMatch(/^shell:\w+@\S+ as cron$/);
    });

    test('a generated password to its own output only', async () => {
      const { code, stdout } = await exec(['-o', 'json', '--', 'user', 'create-user', 'fresh']);
      expect(code).toBe(0);
      const { secrets } = JSON.parse(stdout) as { secrets: { value: string }[] };
      const secret = secrets[0]?.value ?? '';
      expect(secret).toHaveLength(25);
      const token = await loginPassword(server, 'fresh', secret);
      expect(token).toBeTruthy();
      expect(readFileSync(storePath(room.dataDir)).includes(secret)).toBe(false);
      const human = await exec(['--', 'user', 'reset-password', 'fresh']);
      expect(human.stdout).toMatch(/New password of @fresh:\S+: \S{25}\n/);
    });

    test('with a password from a file or standard input, and refuses one on the command line', async () => {
      const file = written('password', 'from a file\n');
      expect((await exec(['--', 'user', 'reset-password', 'bob', '--password-file', file])).code).toBe(0);
      expect(await loginPassword(server, 'bob', 'from a file')).toBeTruthy();
      expect((await exec(['--', 'user', 'reset-password', 'bob', '-'], { stdin: 'from a pipe' })).code).toBe(0);
      expect(await loginPassword(server, 'bob', 'from a pipe')).toBeTruthy();
      for (const line of [
        ['bob', 'typed'],
        ['bob', '-p', 'typed'],
        ['bob', '--password=typed'],
      ]) {
        const { code, stderr, stdout } = await exec(['--', 'user', 'reset-password', ...line]);
        expect([line, code]).toEqual([line, 2]);
        expect(stderr).toContain('--password-file');
        expect(stdout + stderr).not.toContain('typed');
      }
    });
  });

  describe('ends with', () => {
    test('1 where the server has no such account, in words and as a document', async () => {
      const { code, stdout, stderr } = await exec(['-o', 'json', '--', 'user', 'details', 'nobody']);
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'not-found' } });
      expect(stderr).toContain('@nobody:');
    });

    test('2 for a mistyped command, flag, format or argument', async () => {
      for (const argv of [
        ['--', 'user', 'detials', 'alice'],
        ['--', 'user', 'details'],
        ['--', 'user', 'details', 'alice', '--loud'],
        ['-o', 'html', '--', 'user', 'details', 'alice'],
        ['--loud', '--', 'user', 'details', 'alice'],
        [],
      ]) {
        const { code, stderr } = await exec(argv);
        expect([argv, code]).toEqual([argv, 2]);
        expect(stderr).not.toBe('');
      }
    });

    test('2 without a configuration, with a wrong one, and with a token that cannot be read', async () => {
      const none = await packed.run(['exec', '--', 'user', 'list'], { cwd: folder });
      expect(none.code).toBe(2);
      expect(none.stderr).toContain('There is no configuration');
      const wrong = written('wrong.json', '{"homeserverUrl": 5, "colour": "red"}');
      const faulty = await packed.run(['exec', '-c', wrong, '-o', 'json', '--', 'user', 'list']);
      expect(faulty.code).toBe(2);
      // Which commands there are, only a sound one tells.
      expect((await packed.run(['exec', '-c', wrong, '--', 'query', 'users'])).stderr).toContain('colour');
      expect(JSON.parse(faulty.stdout)).toMatchObject({ error: { code: 'usage' } });
      const token = written('open-token', 'secret');
      chmodSync(token, 0o644);
      const open = written('open.json', JSON.stringify({ homeserverUrl: server.url, accessTokenFile: token }));
      expect((await packed.run(['exec', '-c', open, '--', 'user', 'list'])).code).toBe(2);
      const gone = written(
        'gone.json',
        JSON.stringify({ homeserverUrl: server.url, accessTokenFile: '/nowhere/token' }),
      );
      expect((await packed.run(['exec', '-c', gone, '--', 'user', 'list'])).code).toBe(2);
    });

    test('3 where a yes is needed, with the plan, and does nothing', async () => {
      const { code, stdout, stderr } = await exec(['--', 'user', 'deactivate', 'alice']);
      expect(code).toBe(3);
      expect(stdout).toContain(`Deactivate ${user('alice')}`);
      expect(stderr).toContain('Confirmation needed');
      expect((await account('alice')).deactivated).toBe(false);
      const json = await exec(['--batch', '-o', 'json', '--', 'user', 'deactivate', 'alice']);
      expect(json.code).toBe(3);
      expect(JSON.parse(json.stdout)).toMatchObject({ plan: { targets: [{ id: user('alice') }] } });
    });

    test('0 and the plan for --dry-run, and 0 and the deed for --yes-i-want-to-do-this', async () => {
      expect((await exec(['--', 'user', 'logout', 'alice', '--dry-run'])).stdout).toContain('Dry run');
      expect((await exec(['--', 'user', 'deactivate', 'alice', '--yes-i-want-to-do-this'])).code).toBe(0);
      expect((await account('alice')).deactivated).toBe(true);
    });

    test('4 where the answer to a write is lost and nothing tells what came of it', async () => {
      const between = await startScripted(
        [({ method, path }) => (method === 'POST' && path.includes('/v1/purge_history/') ? 'lose' : undefined)],
        server.url,
      );
      try {
        const roomId = await room.admin.createRoom({ name: 'long ago' });
        await room.admin.send(roomId, 'hello');
        const event = await room.admin.send(roomId, 'and goodbye');
        const config = { ...JSON.parse(readFileSync(room.configFile, 'utf8')), homeserverUrl: between.url };
        const file = join(dirname(room.configFile), 'between.json');
        writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
        const path = `v1/purge_history/${encodeURIComponent(roomId)}/${encodeURIComponent(event)}`;
        const line = ['raw', 'POST', path, '--yes-i-want-to-do-this', '-d', '{"delete_local_events":false}'];
        const { code, stderr } = await packed.run(['exec', '-c', file, '--', ...line]);
        expect([code, stderr]).toEqual([4, expect.stringContaining('may have been')]);
        const json = await packed.run(['exec', '-c', file, '-o', 'json', '--', ...line]);
        expect([json.code, JSON.parse(json.stdout)]).toMatchObject([4, { error: { code: 'unknown-outcome' } }]);
        expect(audit('raw')[0]?.outcome).toBe('unknown');
      } finally {
        await between.close();
      }
    });

    test('5 where the token is refused, and 1 where the server is down', async () => {
      const token = written('dead-token', 'syt_dead');
      const dead = written('dead.json', JSON.stringify({ homeserverUrl: server.url, accessTokenFile: token }));
      expect((await packed.run(['exec', '-c', dead, '--', 'user', 'list'])).code).toBe(5);
      const config = { homeserverUrl: 'http://127.0.0.1:9', accessTokenFile: token };
      const down = await packed.run(['exec', '-c', written('down.json', JSON.stringify(config)), '--', 'user', 'list']);
      expect([down.code, down.stderr]).toEqual([1, expect.stringContaining('no answer')]);
    });

    test('1 where the output cannot be written, and says so', async () => {
      for (const argv of [
        ['exec', '--config', room.configFile, '--', 'user', 'details', 'bob'],
        ['config', 'show', '-c', room.configFile],
      ]) {
        const full = openSync('/dev/full', 'w');
        const child = spawn(packed.bin, argv, { stdio: ['ignore', full, 'pipe'] });
        closeSync(full);
        const said = all(child.stderr as NodeJS.ReadableStream);
        const [code] = await once(child, 'close');
        expect([argv, code, await said]).toEqual([
          argv,
          1,
          expect.stringMatching(/^The output cannot be written.*\n$/),
        ]);
      }
    });

    test('2 for a block that is not UTF-8', async () => {
      const file = written('latin1', Buffer.from('b\xf6b\n', 'latin1'));
      const { code, stderr } = await exec(['--', 'user', 'suspend-list', '--body', file]);
      expect([code, stderr]).toEqual([2, expect.stringContaining('not UTF-8')]);
    });

    test.each([
      [['help', 'user'], 0],
      [['user', 'list-users', '-o', 'json'], 0],
      [['user', 'suspend', 'bob'], 0],
      [['user', 'deactivate', 'bob'], 3],
      [['user', 'details', 'nobody', '-o', 'json'], 1],
    ] as const)('the status of what was done, and no stack, where the reader of %j goes away', async (line, status) => {
      const child = spawn(packed.bin, ['exec', '--config', room.configFile, '--', ...line], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      let stderr = '';
      child.stderr.on('data', (text) => {
        stderr += text;
      });
      const [code] = await once(child, 'close');
      expect([code, stderr]).toEqual([status, expect.not.stringMatching(/EPIPE|^\s+at /m)]);
    });
  });

  describe('roles', () => {
    test('are lowered by --as, never raised', async () => {
      const denied = await exec(['--as', 'viewer', '--', 'user', 'suspend', 'bob']);
      expect([denied.code, denied.stderr]).toEqual([1, expect.stringContaining('role')]);
      room.configure({ roles: { '@mod:x.test': 'moderator' } });
      try {
        expect((await exec(['--as', '@mod:x.test', '--', 'user', 'suspend', 'bob'])).code).toBe(0);
        expect((await exec(['--as', 'somebody', '--', 'user', 'unsuspend', 'bob'])).code).toBe(1);
        expect((await exec(['--', 'user', 'unsuspend', 'bob'])).code).toBe(0);
      } finally {
        room.configure({ roles: {} });
      }
    });

    test('do not help against the never-list nor the rule of two', async () => {
      const own = await exec(['--', 'user', 'deactivate', room.botAccount.userId, '--yes-i-want-to-do-this']);
      expect(own.code).toBe(1);
      room.configure({ confirm: { twoPerson: 1 } });
      try {
        const two = await exec(['--', 'user', 'logout', 'bob', '--yes-i-want-to-do-this']);
        expect([two.code, two.stdout]).toEqual([3, expect.stringContaining('second admin')]);
      } finally {
        room.configure({ confirm: {} });
      }
    });
  });

  describe('a job', () => {
    const list = (names: readonly string[]) => names.map((name) => `${name}\n`).join('');
    const made = (...names: string[]) => Promise.all(names.map((name) => registerUser(server, name)));

    test('runs here where no bot does, its list from standard input, with progress on standard error', async () => {
      await made('one', 'two', 'three');
      const argv = ['--', 'user', 'suspend-list', '--yes-i-want-to-do-this'];
      const { code, stdout, stderr } = await exec(argv, { stdin: list(['one', 'two', 'three']) });
      expect([code, stdout]).toEqual([0, expect.stringContaining('3 of 3 done')]);
      expect(stderr).toMatch(/job \w+: 3 of 3/);
      expect((await account('three')).suspended).toBe(true);
    });

    test('waits for a list that comes slowly', async () => {
      await made('slow');
      const argv = ['exec', '--config', room.configFile, '--', 'user', 'suspend-list', '--yes-i-want-to-do-this'];
      const child = spawn(packed.bin, argv);
      const said = all(child.stderr);
      child.stdout.resume();
      // More than a pipe holds: once it is written, what came first has been read, and there is nothing to read.
      await new Promise((resolve) => child.stdin.write('\n'.repeat(200_000), resolve));
      await new Promise(setImmediate);
      child.stdin.end('slow\n');
      const [code] = await once(child, 'close');
      expect([code, await said]).toEqual([0, expect.stringContaining('1 of 1')]);
      expect((await account('slow')).suspended).toBe(true);
    });

    test('hands its passwords out here, typed ones from a file too', async () => {
      const file = written('new.csv', 'lea\nmax,max has a password\n');
      const argv = ['-o', 'json', '--', 'user', 'create-list', '--body', file, '--yes-i-want-to-do-this'];
      const { code, stdout, stderr } = await exec(argv);
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      const { secrets } = JSON.parse(stdout) as { secrets: { label: string; value: string }[] };
      const lea = secrets.find(({ label }) => label.includes('@lea:'))?.value ?? '';
      expect(await loginPassword(server, 'lea', lea)).toBeTruthy();
      expect(await loginPassword(server, 'max', 'max has a password')).toBeTruthy();
    });

    test('runs in the bot that runs beside, which says nothing of it in the room', async () => {
      await made('four', 'five');
      const bot = await room.start();
      try {
        const argv = ['--', 'user', 'suspend-list', '--yes-i-want-to-do-this'];
        const { code, stdout } = await exec(argv, { stdin: list(['four', 'five']) });
        expect([code, stdout]).toEqual([0, expect.stringContaining('2 of 2 done')]);
        expect(bot.output()).toContain('job of a command line ended');
        const made = await exec(['-o', 'json', '--', 'user', 'create-list', '--yes-i-want-to-do-this'], {
          stdin: 'zoe\n',
        });
        expect(made.code).toBe(0);
        const { secrets } = JSON.parse(made.stdout) as { secrets: { value: string }[] };
        expect(await loginPassword(server, 'zoe', secrets[0]?.value ?? '')).toBeTruthy();
        expect(await room.ask('bot whoami')).toContain('role');
        const said = await room.botAccount.messages(room.roomId);
        expect(said.filter(({ content }) => String(content.body).includes('suspend'))).toEqual([]);
      } finally {
        await bot.stop();
      }
    });
  });
});
