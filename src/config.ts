import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { parseDuration } from './core/durations.ts';
import { parseRoom, parseUser } from './core/ids.ts';
import { jsonFault } from './core/json-fault.ts';
import { Problem } from './core/problem.ts';

/** The name under which the token may stand in the environment; it goes before `accessTokenFile`. */
export const tokenVariable = 'CASTELLAN_ACCESS_TOKEN';

/** All that is wrong with a configuration file, one line a fault: "key: what is wrong, what is expected". */
export class ConfigFaults extends Error {
  readonly file: string;
  readonly lines: readonly string[];

  constructor(file: string, lines: readonly string[]) {
    super(`${file} is not a valid configuration:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'ConfigFaults';
    this.file = file;
    this.lines = lines;
  }
}

/** An object whose unknown keys are refused, with the known ones and the nearest of them named. */
function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownKey(key, Object.keys(shape))).join('\n')
        : undefined,
  });
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = closest(key, known);
  const meant = distance(key.toLowerCase(), near.toLowerCase()) <= 3 ? `, perhaps "${near}" was meant` : '';
  return `unknown key${meant}; known here: ${known.join(', ')}`;
}

/** What `parse` returns, or undefined where it refuses. */
function accepted<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** Milliseconds, written as "15m". */
const duration = z.string().transform((text, context) => {
  const milliseconds = accepted(() => parseDuration(text)) ?? 0;
  if (milliseconds > 0) return milliseconds;
  context.addIssue({ code: 'custom', message: 'is not a duration, expected text like "30s", "15m" or "1d12h"' });
  return z.NEVER;
});

/** http(s), without a trailing slash and without a user or password in it. */
const httpUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && /^https?:$/.test(url.protocol) && `${url.username}${url.search}${url.hash}` === '';
  if (plain) return text.replace(/\/+$/, '');
  context.addIssue({ code: 'custom', message: 'is not an address, expected one like "https://matrix.example.org"' });
  return z.NEVER;
});

const filled = z.string().min(1, { error: 'is empty, expected text' });
const path = filled;
const argv = z.array(filled);
const word = z
  .string()
  .regex(/^[^\s\p{Cc}]{1,32}$/u, { error: 'is not usable, expected 1 to 32 signs without a space' });
// In the homeserver's own room that may be a user id and a colon.
const nativePrefix = z
  .string()
  .regex(/^[^\s\p{Cc}]{1,256}$/u, { error: 'is not usable, expected 1 to 256 signs without a space' });
// Whole ids and aliases only: the server's name is not known yet.
const userId = z.string().refine((text) => /^@.+:/.test(text) && accepted(() => parseUser(text, '')) !== undefined, {
  error: 'is not a user id, expected one like "@alice:example.org"',
});
const roomIdOrAlias = z
  .string()
  .refine((text) => /^!|:/.test(text) && accepted(() => parseRoom(text, '')) !== undefined, {
    error: 'is not a room, expected an alias like "#admins:example.org" or an id like "!abc:example.org"',
  });
const count = z.int({ error: countFault }).min(1, { error: countFault }).max(64, { error: countFault });
const port = z.int({ error: portFault }).min(1, { error: portFault }).max(65535, { error: portFault });

function countFault(): string {
  return 'is not usable, expected a whole number from 1 to 64';
}

function portFault(): string {
  return 'is not a port, expected a whole number from 1 to 65535';
}

const synapse = strict({
  type: z.literal('synapse'),
  url: httpUrl.optional(),
  mediaUrl: httpUrl.optional(),
  adminPath: z
    .string()
    .regex(/^\/[^\s?#]*[^\s?#/]$/, { error: 'is not a path, expected one like "/_synapse/admin"' })
    .default('/_synapse/admin'),
  timeout: duration.prefault('60s'),
});

const relay = strict({
  type: z.literal('relay'),
  dialect: z.enum(['conduit', 'continuwuity', 'tuwunel', 'palpo']),
  room: roomIdOrAlias.optional(),
  prefix: nativePrefix.optional(),
  serverUser: userId.optional(),
  timeout: duration.prefault('60s'),
});

const schema = strict({
  homeserverUrl: httpUrl.prefault('http://localhost:8008'),
  clientUrl: httpUrl.optional(),
  accessTokenFile: path.optional(),
  adminRoom: roomIdOrAlias.optional(),
  prefix: word.default('!admin'),
  output: z.enum(['human', 'json', 'csv']).default('human'),
  admins: z.array(userId).default([]),
  roles: z.record(userId, z.enum(['owner', 'admin', 'moderator', 'viewer'])).default({}),
  dataDir: path.default('./data'),
  backend: z.discriminatedUnion('type', [synapse, relay]).prefault({ type: 'synapse' }),
  host: strict({
    configFiles: z.array(path).default([]),
    dropIn: path.optional(),
    appserviceDir: path.optional(),
    commands: strict({
      restart: argv.optional(),
      reload: argv.optional(),
      stop: argv.optional(),
      check: argv.optional(),
    }).prefault({}),
    healthUrl: httpUrl.optional(),
    metricsUrl: httpUrl.optional(),
    timeout: duration.prefault('60s'),
  }).optional(),
  confirm: strict({ ttl: duration.prefault('5m'), twoPerson: count.optional() }).prefault({}),
  secrets: strict({
    delivery: z.enum(['dm', 'room', 'none']).default('dm'),
    redactAfter: duration.prefault('15m'),
  }).prefault({}),
  jobs: strict({
    concurrency: count.default(4),
    hashing: count.default(2),
    // Synapse brings people in one after the other: asked at once, others wait for longer and none is in sooner.
    join: count.default(1),
    deactivate: count.default(1),
    purge: count.default(1),
  }).prefault({}),
  notify: strict({
    reports: z.boolean().default(true),
    registrations: z.boolean().default(false),
    every: duration.prefault('30s'),
  }).prefault({}),
  federation: strict({ allowPrivateAddresses: z.boolean().default(false) }).prefault({}),
  maxCommandAge: duration.prefault('5m'),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  logFile: path.optional(),
  health: strict({ port: port.optional(), host: filled.default('127.0.0.1') }).prefault({}),
});

/** What a configuration file says, defaults filled in; durations are milliseconds, paths absolute. */
export type ConfigFile = Omit<z.output<typeof schema>, 'clientUrl'> & { readonly clientUrl: string };

/** A configuration to run with. The token is behind a call, so that no printing, copying or logging of it shows it. */
export type Config = Readonly<ConfigFile> & { readonly accessToken: () => string };

/** What may be shown: the token is behind a call, which no listing of the settings makes. */
export function withoutToken({ accessToken: _, ...settings }: Config): Readonly<Record<string, unknown>> {
  return settings;
}

/** Reads and checks `bot.config.json` and the token; throws {@link ConfigFaults} with every fault at once. */
export function loadConfig(file: string, env: NodeJS.ProcessEnv): Config {
  const { config, faults, tokenFile } = check(file, readText(file));
  const token = readToken(tokenFile, env);
  const lines = [...faults, ...token.faults];
  if (config === undefined || lines.length > 0) throw new ConfigFaults(file, lines);
  const accessToken = token.value;
  return { ...config, accessToken: () => accessToken };
}

/** The same without the token, which `init` may have yet to make. Throws {@link ConfigFaults}. */
export function loadConfigFile(file: string): ConfigFile {
  const { config, faults } = check(file, readText(file));
  if (config === undefined || faults.length > 0) throw new ConfigFaults(file, faults);
  return config;
}

/** What is wrong with a text that is to become that file; nothing where it is a valid configuration. */
export function faultsIn(file: string, text: string): readonly string[] {
  return check(file, text).faults;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new ConfigFaults(file, [`cannot be read: ${readFailure(error)}`]);
  }
}

function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const known: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
  };
  return known[code] ?? `the system says ${code}`;
}

interface Checked {
  readonly config?: ConfigFile;
  readonly faults: readonly string[];
  /** Told also for a file with faults, so that the token's faults come with the others. */
  readonly tokenFile: TokenFile;
}

type TokenFile = { readonly kind: 'named'; readonly path: string } | { readonly kind: 'none' | 'unknown' };

function tokenFileOf(raw: unknown, from: string): TokenFile {
  if (typeof raw !== 'object' || raw === null) return { kind: 'unknown' };
  if (!('accessTokenFile' in raw)) return { kind: 'none' };
  const named = raw.accessTokenFile;
  return typeof named === 'string' && named !== ''
    ? { kind: 'named', path: resolve(from, named) }
    : { kind: 'unknown' };
}

function check(file: string, text: string): Checked {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    const { line, column } = jsonFault(text) ?? { line: 1, column: 1 };
    return { faults: [`line ${line}, column ${column}: this is not JSON`], tokenFile: { kind: 'unknown' } };
  }
  const from = dirname(resolve(file));
  const tokenFile = tokenFileOf(raw, from);
  // It is read once: to compile the schema, as Zod would, takes longer.
  const parsed = schema.safeParse(raw, { jitless: true });
  if (!parsed.success) return { faults: parsed.error.issues.flatMap(linesOf), tokenFile };
  const { accessTokenFile, logFile, host } = parsed.data;
  const config: ConfigFile = {
    ...parsed.data,
    clientUrl: parsed.data.clientUrl ?? parsed.data.homeserverUrl,
    dataDir: resolve(from, parsed.data.dataDir),
    ...(accessTokenFile === undefined ? {} : { accessTokenFile: resolve(from, accessTokenFile) }),
    ...(logFile === undefined ? {} : { logFile: resolve(from, logFile) }),
    ...(host === undefined ? {} : { host: hostFrom(from, host) }),
  };
  return { config, faults: [], tokenFile };
}

type Host = NonNullable<ConfigFile['host']>;

function hostFrom(from: string, host: Host): Host {
  return {
    ...host,
    configFiles: host.configFiles.map((one) => resolve(from, one)),
    ...(host.dropIn === undefined ? {} : { dropIn: resolve(from, host.dropIn) }),
    ...(host.appserviceDir === undefined ? {} : { appserviceDir: resolve(from, host.appserviceDir) }),
  };
}

/** Values are never repeated: a secret may stand in the wrong place. */
function linesOf(issue: z.core.$ZodIssue): readonly string[] {
  const key = issue.path.map(String).join('.');
  const line = (what: string) => `${key === '' ? 'the file' : key}: ${what}`;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const messages = issue.message.split('\n');
      return issue.keys.map((one, at) => `${key === '' ? one : `${key}.${one}`}: ${messages[at] ?? 'unknown key'}`);
    }
    case 'invalid_type':
      return [line(`has the wrong type, expected ${typeNames[issue.expected] ?? issue.expected}`)];
    case 'invalid_value':
      return [line(`is not usable, expected ${issue.values.map((one) => JSON.stringify(one)).join(', ')}`)];
    case 'invalid_union':
      return [line('is not usable, expected "synapse" or "relay"')];
    case 'invalid_key':
      return issue.issues.map((one) => line(one.message));
    default:
      return [line(issue.message)];
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object in { }',
  record: 'an object in { }',
  array: 'a list in [ ]',
};

type Token = { readonly value: string; readonly faults: readonly string[] };

function readToken(file: TokenFile, env: NodeJS.ProcessEnv): Token {
  const fault = (key: string, what: string): Token => ({ value: '', faults: [`${key}: ${what}`] });
  const fromEnv = env[tokenVariable]?.trim() ?? '';
  if (fromEnv !== '') return usable(fromEnv) ?? fault(tokenVariable, 'is no token, expected one word');
  if (file.kind === 'none') {
    return fault('accessTokenFile', `is missing, expected a file with the bot's token (or ${tokenVariable} set)`);
  }
  if (file.kind !== 'named') return { value: '', faults: [] };
  const at = file.path;
  try {
    const mode = statSync(at).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      const open = `${at} is open to others (mode 0${mode.toString(8)}), expected 0600`;
      return fault('accessTokenFile', `${open}: chmod 600 ${at}`);
    }
    return (
      usable(readFileSync(at, 'utf8').trim()) ?? fault('accessTokenFile', `${at} holds no token, expected one word`)
    );
  } catch (error) {
    return fault('accessTokenFile', `${at} cannot be read: ${readFailure(error)}`);
  }
}

function usable(token: string): Token | undefined {
  return /^[\x21-\x7e]+$/.test(token) ? { value: token, faults: [] } : undefined;
}
