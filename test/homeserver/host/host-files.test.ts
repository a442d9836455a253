import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configPaths, merged, readConfigFiles } from '../../../src/homeserver/host/config-files.ts';
import { withOptions } from '../../../src/homeserver/host/drop-in.ts';
import { overlap } from '../../../src/homeserver/host/namespaces-overlap.ts';
import { readMetrics } from '../../../src/homeserver/host/read-metrics.ts';
import { replaceFile } from '../../../src/homeserver/host/replace-file.ts';
import { runHook } from '../../../src/homeserver/host/run-hook.ts';
import { createUndoJournal, type Kept } from '../../../src/homeserver/host/undo-journal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-host-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
function memory(): Kept & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    get: (name) => values.get(name),
    set: (name, value) => values.set(name, value),
    delete: (name) => values.delete(name),
  };
}
const about = { what: 'x in y', source: '$one' };

test('files are read as Synapse does: in order, a folder’s yaml files sorted, later keys over earlier ones', () => {
  mkdirSync(at('conf.d'));
  mkdirSync(at('conf.d/sub.yaml'));
  writeFileSync(at('main.yaml'), 'a: 1\nsection: {x: 1, y: 2}\nyes_is: yes\n');
  writeFileSync(at('conf.d/20.yaml'), 'a: 3\nsection: {x: 9}\n');
  writeFileSync(at('conf.d/10.yaml'), 'a: 2\nb: 2\n');
  writeFileSync(at('conf.d/30.yml'), 'a: 4\n');
  writeFileSync(at('conf.d/40.yaml'), '');
  const { files, faults } = readConfigFiles([at('main.yaml'), at('conf.d')], at('conf.d/99.yaml'));
  expect(faults).toEqual([]);
  expect(Object.fromEntries([...merged(files)].map(([key, { value }]) => [key, value]))).toEqual({
    a: 3,
    b: 2,
    section: { x: 9 },
    yes_is: true,
  });
  expect(
    configPaths([at('main.yaml'), at('conf.d')], at('conf.d/15.yaml')).map((path) => path.slice(folder.length + 1)),
  ).toEqual(['main.yaml', 'conf.d/10.yaml', 'conf.d/15.yaml', 'conf.d/20.yaml', 'conf.d/40.yaml']);
});

test('a key is set and taken out with comments and order kept', () => {
  const text = '# top\nb: 1 # about b\n\n# about a\na: [1, 2]\n';
  expect(withOptions(text, { b: 2, c: 'yes' })).toBe('# top\nb: 2 # about b\n\n# about a\na: [ 1, 2 ]\nc: "yes"\n');
  expect(withOptions(text, { b: null })).not.toContain('b:');
  expect(withOptions(undefined, { x: true })).toMatch(/^# Written by Castellan[^\n]*\n+x: true\n$/);
});

test('a file keeps its mode when it is replaced, and leaves nothing beside it', () => {
  writeFileSync(at('f.yaml'), 'old');
  chmodSync(at('f.yaml'), 0o640);
  replaceFile(at('f.yaml'), 'new', 0o600);
  expect(readFileSync(at('f.yaml'), 'utf8')).toBe('new');
  expect(statSync(at('f.yaml')).mode & 0o777).toBe(0o640);
  replaceFile(at('g.yaml'), 'new', 0o600);
  expect(statSync(at('g.yaml')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).sort()).toEqual(['f.yaml', 'g.yaml']);
  expect(() => replaceFile(at('no/f.yaml'), 'x', 0o600)).toThrow('no such file or folder');
});

test.skipIf(process.getuid?.() !== 0)('a file keeps its owner, and is left alone where that cannot be', () => {
  writeFileSync(at('f.yaml'), 'old');
  chmodSync(folder, 0o777);
  chownSync(at('f.yaml'), 12_345, 12_346);
  chmodSync(at('f.yaml'), 0o644);
  replaceFile(at('f.yaml'), 'new', 0o600);
  expect(statSync(at('f.yaml'))).toMatchObject({ uid: 12_345, gid: 12_346 });
  process.seteuid?.(65_534);
  try {
    expect(() => replaceFile(at('f.yaml'), 'newer', 0o600)).toThrow('belongs to another user of the system (12345)');
  } finally {
    process.seteuid?.(0);
  }
  expect(readFileSync(at('f.yaml'), 'utf8')).toBe('new');
  expect(statSync(at('f.yaml')).uid).toBe(12_345);
  expect(readdirSync(folder)).toEqual(['f.yaml']);
});

test('a folder that hands its group on gets files that its group may read', () => {
  mkdirSync(at('shared'));
  chmodSync(at('shared'), 0o2750);
  replaceFile(at('shared/x.yaml'), 'x', 0o600);
  expect(statSync(at('shared/x.yaml')).mode & 0o777).toBe(0o640);
});

test('what was changed is put back, the first state of all, and what somebody else changed is left', () => {
  const kept = memory();
  writeFileSync(at('f.yaml'), 'first');
  createUndoJournal(kept).write(at('f.yaml'), 'second', 0o600, about);
  // Another process, after a stop.
  const journal = createUndoJournal(kept);
  journal.write(at('f.yaml'), 'third', 0o600, { what: 'z', source: '$two' });
  journal.write(at('new.yaml'), 'x', 0o600, { what: 'new', source: '$two' });
  expect(journal.what()).toEqual(['x in y', 'z', 'new']);
  expect(JSON.stringify([...kept.values])).not.toMatch(/first|second|third/);
  expect(journal.undo()).toEqual(['new', 'z', 'x in y']);
  expect(readFileSync(at('f.yaml'), 'utf8')).toBe('first');
  expect(readdirSync(folder)).toEqual(['f.yaml']);

  journal.write(at('f.yaml'), 'mine', 0o600, about);
  writeFileSync(at('f.yaml'), 'the operator’s');
  expect(journal.undo()).toEqual([]);
  expect(readFileSync(at('f.yaml'), 'utf8')).toBe('the operator’s');
});

test('only what was done for one event is put back, and what works has no way back', () => {
  const journal = createUndoJournal(memory());
  journal.write(at('a.yaml'), '1', 0o600, about);
  journal.write(at('b.yaml'), '1', 0o600, { what: 'b', source: '$two' });
  expect(journal.undo('$two')).toEqual(['b']);
  expect(readdirSync(folder)).toEqual(['a.yaml']);
  journal.write(at('a.yaml'), '2', 0o600, { what: 'a', source: '$three' });
  journal.clear();
  expect(journal.undo()).toEqual([]);
  expect(readdirSync(folder)).toEqual(['a.yaml']);
});

test('a file that was put aside comes back', () => {
  const journal = createUndoJournal(memory());
  writeFileSync(at('a.yaml'), '1');
  journal.putAside(at('a.yaml'), at('a.yaml.aside'), about);
  expect(readdirSync(folder)).toEqual(['a.yaml.aside']);
  expect(journal.undo()).toEqual(['x in y']);
  expect(readdirSync(folder)).toEqual(['a.yaml']);
});

test('a command runs without a shell and without the bot’s environment', async () => {
  process.env.CASTELLAN_ACCESS_TOKEN = 'planted-token';
  try {
    const end = await runHook(
      [
        process.execPath,
        '-e',
        'console.log(process.argv.slice(1).join("|"), JSON.stringify(process.env))',
        '$HOME; echo x',
      ],
      { timeoutMs: 20_000 },
    );
    expect(end.ok).toBe(true);
    expect(end.output).toContain('$HOME; echo x');
    expect(end.output).not.toContain('planted-token');
    expect(end.output).not.toContain('CASTELLAN');
  } finally {
    delete process.env.CASTELLAN_ACCESS_TOKEN;
  }
});

test('a command that fails, hangs, or is not there is told in words', async () => {
  expect(
    await runHook([process.execPath, '-e', 'console.error("why"); process.exit(3)'], { timeoutMs: 20_000 }),
  ).toEqual({
    ok: false,
    how: 'it ended with status 3',
    output: 'why\n',
  });
  const hung = await runHook([process.execPath, '-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 300 });
  expect(hung).toMatchObject({ ok: false, how: 'it was not done after 0.3 s, and was ended' });
  expect(await runHook([at('nothing-here')], { timeoutMs: 1_000 })).toMatchObject({
    ok: false,
    how: 'it cannot be run: there is no such file or folder',
  });
});

test('one that leaves something running in the background does not hold the bot up', async () => {
  const end = await runHook(['sh', '-c', 'sleep 300 & echo begun'], { timeoutMs: 20_000 });
  expect(end).toMatchObject({ ok: true, output: 'begun\n' });
});

test('metrics are read, those of several kinds of caches added up', () => {
  const text = [
    '# HELP process_resident_memory_bytes Resident memory size in bytes.',
    'process_resident_memory_bytes 1.5187968e+08',
    'process_cpu_seconds_total 12.5',
    'process_start_time_seconds 1.7e+09',
    'synapse_util_caches_cache_size{name="*getEvent*"} 10.0',
    'synapse_util_caches_cache_size{name="x",server_name="s"} 5.0',
    'synapse_util_caches_cache_max_size{name="x",server_name="s"} 500.0',
    'nonsense',
  ].join('\n');
  expect(readMetrics(text)).toEqual({
    resident: 151_879_680,
    virtual: undefined,
    cpuSeconds: 12.5,
    startedAt: 1_700_000_000_000,
    openFiles: undefined,
    caches: [
      { name: '*getEvent*', entries: 10, most: undefined },
      { name: 'x', entries: 5, most: 500 },
    ],
  });
});

test.each([
  ['@_irc_.*', '@_irc_bot.*', true],
  ['@telegram_.*:example\\.org', '@signal_.*:example\\.org', false],
  ['@.*', '@x_.*', true],
  ['@(foo|bar)_.*', '@baz_.*', false],
  ['@(foo|bar)_.*', '@bar_x', true],
  ['#_irc_', '#_irc_a.*', true],
  ['@a_[0-9]+:x', '@a_[a-z]+:x', false],
  ['^@bot$', '@bott', false],
  ['@bot', '@bott', true],
  ['@(?P<name>a+)', '@ab', true],
  ['@(?!x).*', '@(?!x).*', true],
])('%s and %s: overlap %s', (one, other, expected) => {
  expect(overlap(one, other)).toBe(expected);
  expect(overlap(other, one)).toBe(expected);
});
