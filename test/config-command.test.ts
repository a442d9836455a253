import {
  closeSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { spawnCastellan } from './spawn-castellan.ts';

describe('castellan config', () => {
  let folder: string;
  let file: string;
  const config = (argv: readonly string[], env = {}) =>
    spawnCastellan(['config', ...argv, '-c', file], { cwd: folder, env }).ended;
  const now = () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'castellan-config-test-'));
    file = join(folder, 'bot.config.json');
    writeFileSync(file, '{"homeserverUrl": "http://localhost:8008", "jobs": {"purge": 2}}');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('sets a key, for its owner only, and keeps the file that was there', async () => {
    const before = readFileSync(file, 'utf8');
    expect((await config(['set', 'jobs.concurrency', '8'])).code).toBe(0);
    expect(now()).toEqual({ homeserverUrl: 'http://localhost:8008', jobs: { purge: 2, concurrency: 8 } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe(before);
    expect(statSync(`${file}.bak`).mode & 0o777).toBe(0o600);
    expect((await config(['set', 'roles.@bob:sub.example.org', 'viewer'])).code).toBe(0);
    expect(now().roles).toEqual({ '@bob:sub.example.org': 'viewer' });
    expect((await config(['show', 'roles'])).stdout).toBe('{\n  "@bob:sub.example.org": "viewer"\n}\n');
    expect((await config(['unset', 'jobs.purge'])).code).toBe(0);
    expect(now().jobs).toEqual({ concurrency: 8 });
  });

  test.each([
    [['set', 'jobs.concurrency', '0']],
    [['set', 'jobs.concurency', '3']],
    [['set', 'homeserverUrl', 'ftp://x']],
    [['set', '__proto__.x', '1']],
    [['set', 'prefix']],
    [['unset', 'nothing']],
    [['sit', 'prefix', '!a']],
    [[]],
  ])('refuses %j and leaves the file as it was', async (argv) => {
    const before = readFileSync(file, 'utf8');
    const { code, stderr } = await config(argv);
    expect([code, stderr === '']).toEqual([2, false]);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('keeps a link a link, and whoever has the old file open reads it whole', async () => {
    const link = join(folder, 'link.json');
    symlinkSync(file, link);
    const before = readFileSync(file, 'utf8');
    const open = openSync(file, 'r');
    const { code } = await spawnCastellan(['config', 'set', 'prefix', '!bot', '--config-file', link], { cwd: folder })
      .ended;
    expect([code, lstatSync(link).isSymbolicLink(), now().prefix]).toEqual([0, true, '!bot']);
    // A new file took its place at once; nobody sees half of one.
    expect(readFileSync(open, 'utf8')).toBe(before);
    closeSync(open);
  });

  test('finds the file in the folder, and shows it', async () => {
    const { code, stdout } = await spawnCastellan(['config', 'show'], { cwd: folder }).ended;
    expect([code, JSON.parse(stdout)]).toEqual([0, now()]);
  });

  test('lets it be edited, and writes only what is valid', async () => {
    const good = join(folder, 'good.sh');
    writeFileSync(good, `#!/bin/sh\necho '{"prefix": "!bot"}' > "$1"\n`, { mode: 0o755 });
    expect((await config(['edit'], { VISUAL: good })).code).toBe(0);
    expect(now()).toEqual({ prefix: '!bot' });
    const bad = join(folder, 'bad.sh');
    writeFileSync(bad, `#!/bin/sh\necho '{"prefix": 5' > "$1"\n`, { mode: 0o755 });
    expect((await config(['edit'], { VISUAL: bad })).code).toBe(2);
    expect((await config(['edit'], { VISUAL: 'false' })).code).toBe(1);
    expect(now()).toEqual({ prefix: '!bot' });
  });
});
