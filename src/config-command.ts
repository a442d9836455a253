import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigFaults, faultsIn } from './config.ts';
import { Problem } from './core/problem.ts';
import { code, say } from './core/text.ts';
import { findConfig } from './exec/find-config.ts';
import { writePrivate } from './init/write-private.ts';

const configHelp = `castellan config: shows and changes bot.config.json.

  castellan config show [KEY]        the file, or one key of it: jobs.concurrency
  castellan config set KEY VALUE     VALUE is JSON, or else text
  castellan config unset KEY
  castellan config edit              in your editor ($VISUAL, $EDITOR)

  -c, --config FILE    ./bot.config.json, then ~/.config/castellan/bot.config.json

The whole file is checked before it is written; the one before is kept beside it, with .bak behind its name. A bot that
runs reads it at its next start.
`;

type Settings = Record<string, unknown>;

/** `castellan config …`. Throws Problem `usage` and {@link ConfigFaults}; the file is then as it was. */
export function configCommand(argv: readonly string[]): void {
  const { values, positionals } = flags(argv);
  const [verb, key, value, ...more] = positionals;
  if (values.help) return void process.stdout.write(configHelp);
  const wanted = { show: [0, 1], set: [2, 2], unset: [1, 1], edit: [0, 0] }[verb ?? ''];
  const given = positionals.length - 1;
  if (wanted === undefined || given < (wanted[0] ?? 0) || given > (wanted[1] ?? 0) || more.length > 0) {
    throw new Problem(
      'usage',
      say`${verb === undefined ? 'There is no verb.' : `This is not how ${verb} is used.`}`,
      say`${code('castellan config --help')} shows how it is.`,
    );
  }
  const file = findConfig(values.config ?? values['config-file'], process.env);
  const text = textOf(file);
  if (verb === 'show') return void show(file, text, key);
  if (verb === 'edit') return void edit(file, text);
  const settings = settingsOf(file, text);
  const path = pathOf(key ?? '');
  if (verb === 'unset') {
    if (!remove(settings, path)) throw new Problem('usage', say`There is no key ${code(key ?? '')} in ${code(file)}.`);
    return void save(file, text, settings);
  }
  // What is no JSON is text; and a number may be meant as text where only that is allowed.
  const meant = [asJson(value ?? ''), value ?? ''].filter((one) => one !== undefined);
  const tries = meant.map((one) => put(structuredClone(settings), path, one));
  const valid = tries.find((one) => faultsIn(file, written(one)).length === 0);
  save(file, text, valid ?? tries[0] ?? settings);
}

function flags(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        config: { type: 'string', short: 'c' },
        'config-file': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Problem('usage', say`${error.message}`, say`${code('castellan config --help')} shows the flags.`);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ConfigFaults(file, [`cannot be read: the system says ${why}`]);
  }
}

function settingsOf(file: string, text: string): Settings {
  const parsed = asJson(text);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  throw new ConfigFaults(file, faultsIn(file, text));
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const written = (settings: Settings): string => `${JSON.stringify(settings, null, 2)}\n`;

/** "jobs.concurrency"; behind "roles." comes a user id, in which dots are no steps. */
function pathOf(key: string): readonly string[] {
  const role = /^roles\.(@.+)$/.exec(key)?.[1];
  const path = role === undefined ? key.split('.') : ['roles', role];
  if (path.some((step) => step === '' || step === '__proto__')) {
    throw new Problem('usage', say`${code(key)} is no key.`);
  }
  return path;
}

const isObject = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function put(settings: Settings, [step = '', ...rest]: readonly string[], value: unknown): Settings {
  if (rest.length === 0) return { ...settings, [step]: value };
  const below = settings[step];
  return { ...settings, [step]: put(isObject(below) ? below : {}, rest, value) };
}

function remove(settings: Settings, [step = '', ...rest]: readonly string[]): boolean {
  const below = settings[step];
  if (rest.length > 0) return isObject(below) && remove(below, rest);
  if (!Object.hasOwn(settings, step)) return false;
  delete settings[step];
  return true;
}

function show(file: string, text: string, key: string | undefined): void {
  const settings = settingsOf(file, text);
  let value: unknown = settings;
  for (const step of key === undefined ? [] : pathOf(key)) {
    value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  if (value === undefined) throw new Problem('not-found', say`${code(key ?? '')} is not set in ${code(file)}.`);
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

function save(file: string, before: string, settings: Settings): void {
  saveText(file, before, written(settings));
}

function saveText(file: string, before: string, text: string): void {
  const faults = faultsIn(file, text);
  if (faults.length > 0) throw new ConfigFaults(file, [...faults, 'nothing was written']);
  if (text === before) return void process.stdout.write('Nothing has changed.\n');
  // A link stays one.
  const real = realpathSync(file);
  writePrivate(`${real}.bak`, before);
  writePrivate(real, text);
  process.stdout.write(`Written. ${file}.bak is what it was. A bot that runs reads it at its next start.\n`);
}

function edit(file: string, before: string): void {
  const editor = process.env.VISUAL || process.env.EDITOR || (existsSync('/usr/bin/editor') ? 'editor' : 'vi');
  const folder = mkdtempSync(join(tmpdir(), 'castellan-config-'));
  const copy = join(folder, 'bot.config.json');
  try {
    writeFileSync(copy, before, { mode: 0o600 });
    // An editor with arguments ("code --wait") is for a shell to take apart, as it is for git.
    const { status, error } = spawnSync('/bin/sh', ['-c', `${editor} "$1"`, 'sh', copy], { stdio: 'inherit' });
    if (error !== undefined || status !== 0) {
      throw new Problem('rejected', say`The editor ${code(editor)} failed; nothing was written.`);
    }
    saveText(file, before, textOf(copy));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
