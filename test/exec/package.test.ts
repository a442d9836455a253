import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type Ended, type PackedCastellan, packCastellan } from './packed-castellan.ts';

/** The oldest line that package.json admits, and the one before, which is told so. */
const others = { 'Node 22': 'node@22', 'Node 20': 'node@20' };
const root = fileURLToPath(new URL('../..', import.meta.url));

describeWithSynapse('the package', () => {
  let server: Synapse;
  let packed: PackedCastellan;
  let folder: string;
  let admin: TestClient;
  const nodes: Record<string, string> = { 'Node 24': process.execPath };

  beforeAll(async () => {
    packed = packCastellan();
    folder = mkdtempSync(join(tmpdir(), 'castellan-package-'));
    for (const [name, spec] of Object.entries(others)) {
      const place = join(folder, spec);
      mkdirSync(place);
      execFileSync('npm', ['install', '--prefix', place, '--prefer-offline', '--loglevel=error', spec]);
      nodes[name] = join(place, 'node_modules', '.bin', 'node');
    }
    server = await startSynapse();
    admin = await registerUser(server, 'ann', { admin: true, password: "ann's password" });
  });
  afterAll(async () => {
    await server?.stop();
    packed?.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('holds what is run and read, and no tests', () => {
    const { files } = JSON.parse(readFileSync(join(packed.folder, 'package.json'), 'utf8')) as { files: string[] };
    expect(files).toContain('dist');
    const all = execFileSync('ls', ['-A', packed.folder], { encoding: 'utf8' }).trim().split('\n').sort();
    expect(all.filter((name) => !/^[A-Z]/.test(name))).toEqual([
      'bot.config.json',
      'dist',
      'examples',
      'node_modules',
      'package.json',
    ]);
  });

  const under = (name: string) => ({ PATH: `${dirname(nodes[name] ?? '')}:${process.env.PATH}` });

  test('tells in a line that a Node is too old for it', async () => {
    const { code, stdout, stderr } = await packed.run(['--version'], { env: under('Node 20') });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Castellan needs Node 22\.18 or later; this is v20\.\S+ \(.*\)\.\n$/);
  });

  describe.each(['Node 24', 'Node 22'])('on %s', (name) => {
    const env = () => under(name);
    const place = () => join(folder, name.replace(' ', '-'));
    const castellan = (argv: readonly string[], stdin = ''): Promise<Ended> => {
      mkdirSync(place(), { recursive: true });
      return packed.run(argv, { cwd: place(), env: env(), stdin });
    };

    test('is run by the Node that is meant', () => {
      const said = execFileSync('/usr/bin/env', ['node', '--version'], { env: { ...process.env, ...env() } });
      expect(said.toString()).toContain(`v${name.slice(-2)}.`);
    });

    test('tells its version', async () => {
      expect((await castellan(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/);
    });

    test('sets itself up without a question, runs commands, and runs', async () => {
      const bot = `castellan-${name.slice(-2)}`;
      const flags = ['--homeserver', server.url, '--admin-user', 'ann', '--admin-password-file', '-'];
      const own = ['--bot-user', bot, '--room-alias', `admins-${name.slice(-2)}`, '--non-interactive'];
      const made = await castellan(['init', ...flags, ...own], "ann's password\n");
      expect([made.stderr, made.code]).toEqual(['', 0]);
      expect(made.stdout).toContain(`castellan run --config ${join(place(), 'bot.config.json')}`);
      const listed = await castellan(['exec', '-o', 'json', '--', 'user', 'list', '-n', bot]);
      expect(JSON.parse(listed.stdout)).toMatchObject([{ name: `@${bot}:${server.serverName}` }]);
      const child = spawn(packed.bin, ['run'], { cwd: place(), env: { ...process.env, ...env() } });
      let said = '';
      await new Promise<void>((resolve, reject) => {
        child.stdout.on('data', (text) => {
          said += text;
          if (said.includes('"msg":"ready"')) resolve();
        });
        child.once('close', () => reject(new Error(said)));
      });
      child.kill('SIGTERM');
      expect(await once(child, 'close')).toEqual([0, null]);
    });
  });

  test('is what the image has: each stage finds in the folder what it needs, and the last one runs', async () => {
    const stages = new Map(
      readFileSync(join(root, 'Dockerfile'), 'utf8')
        .split(/^(?=FROM )/m)
        .flatMap((text) => (/^FROM /.test(text) ? [[/ AS (\S+)/.exec(text)?.[1] ?? 'last', text] as const] : [])),
    );
    const sent = readFileSync(join(root, '.dockerignore'), 'utf8').trim().split('\n');
    expect(sent[0]).toBe('*');
    const place = (stage: string) => join(folder, `image-${stage}`);
    for (const [stage, text] of stages) {
      mkdirSync(place(stage));
      for (const [, from, what = '', to = ''] of text.matchAll(/^COPY (?:--from=(\S+) )?(.+) (\S+)$/gm)) {
        for (const name of what.split(' ')) {
          if (from === undefined) expect(sent).toContain(`!${name}`);
          const source = from === undefined ? join(root, name) : join(place(from), name.replace(/^\/app\//, ''));
          cpSync(source, join(place(stage), to, to.endsWith('/') ? basename(name) : ''), { recursive: true });
        }
      }
      if (stage === 'build') {
        symlinkSync(join(root, 'node_modules'), join(place(stage), 'node_modules'));
        execFileSync('npm', ['run', 'build'], { cwd: place(stage), stdio: 'pipe' });
      }
      // What `npm ci --omit=dev` leaves, as the package has it too.
      if (stage === 'dependencies')
        symlinkSync(join(packed.folder, 'node_modules'), join(place(stage), 'node_modules'));
    }
    const [, node = '', ...argv] = JSON.parse(
      `["",${/^CMD \[(.+)\]$/m.exec(stages.get('last') ?? '')?.[1]}]`,
    ) as string[];
    expect(node).toBe('node');
    const config = join(place('last'), 'bot.config.json');
    writeFileSync(config, '{"homeserverUrl": "http://127.0.0.1:9"}');
    const own = argv.map((word) => word.replace('/data/bot.config.json', config));
    const ended = spawnSync(process.execPath, own, { cwd: place('last'), encoding: 'utf8' });
    expect([ended.status, ended.stderr]).toEqual([2, expect.stringContaining('accessTokenFile: is missing')]);
    const told = spawnSync(process.execPath, [argv[0] ?? '', '--version'], { cwd: place('last'), encoding: 'utf8' });
    expect([told.status, told.stderr]).toEqual([0, '']);
  });

  test('runs commands without the Matrix SDK, which is not so much as looked for', async () => {
    const sdk = join(packed.folder, 'node_modules', 'matrix-bot-sdk');
    renameSync(sdk, `${sdk}-away`);
    try {
      const cwd = join(folder, 'Node-24');
      expect((await packed.run(['exec', '--', 'user', 'details', 'ann'], { cwd })).code).toBe(0);
    } finally {
      renameSync(`${sdk}-away`, sdk);
    }
  });

  test('exports a typed client of the admin API, with an example that works', async () => {
    const modules = join(folder, 'example', 'node_modules');
    mkdirSync(modules, { recursive: true });
    symlinkSync(packed.folder, join(modules, 'castellan'));
    const example = join(folder, 'example', 'idle-accounts.mjs');
    copyFileSync(join(packed.folder, 'examples', 'idle-accounts.mjs'), example);
    // Seen just now, and so idle for less than a day, and for more than none.
    await admin.request('GET', '/_matrix/client/v3/account/whoami');
    const run = (days: string) =>
      execFileSync(process.execPath, [example, days], {
        env: { ...process.env, HOMESERVER: server.url, TOKEN: admin.accessToken },
        encoding: 'utf8',
      });
    await expect.poll(() => run('0'), { timeout: 240_000, interval: 500 }).toContain('@ann:');
    expect(run('1')).toBe('');
    const typed = join(folder, 'example', 'typed.mts');
    writeFileSync(
      typed,
      `import { connect, Problem } from 'castellan/homeserver';
       const synapse = await connect({ url: '', token: '' });
       const seen: number | undefined = (await synapse.users.list({ from: 0, limit: 1 })).rows[0]?.lastSeenAt;
       // @ts-expect-error There is no such noun.
       synapse.nothing;
       export { Problem, seen };`,
    );
    const tsc = new URL('../../node_modules/.bin/tsc', import.meta.url).pathname;
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--skipLibCheck'];
    execFileSync(tsc, [...flags, typed], { encoding: 'utf8', cwd: join(folder, 'example') });
  });
});
