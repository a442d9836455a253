import type { Logger } from 'pino';
import { late } from './core/late.ts';
import { privateFile } from './store/private-file.ts';

/** The fields a line of the log may have besides level, time and msg; anything else is dropped. */
const allowed = [
  'component',
  'eventId',
  'roomId',
  'userId',
  'command',
  'request',
  'outcome',
  'ms',
  'errorRef',
  'error',
  'code',
  'status',
  'errcode',
  'frames',
  'attempt',
  'count',
  'state',
  'jobId',
  'plan',
  'auditSeq',
  'version',
  'port',
  'signal',
] as const;

type Field = (typeof allowed)[number];

export type LogFields = { readonly [name in Field]?: string | number | boolean | null | undefined };

/** What a part of the program logs to. A value that came from outside belongs in no `msg`. */
export interface Log {
  debug(fields: LogFields, msg: string): void;
  info(fields: LogFields, msg: string): void;
  warn(fields: LogFields, msg: string): void;
  error(fields: LogFields, msg: string): void;
  /** The same log with these fields on every line. */
  child(fields: LogFields): Log;
}

export interface LogOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Appended to and kept at 0600; standard output where there is none. */
  readonly file?: string | undefined;
  /** Without a file: standard error instead of standard output. */
  readonly toStandardError?: boolean;
  /** Replaced wherever they stand in a line, should one ever get that far. */
  readonly secrets: readonly string[];
}

const nothing = () => undefined;
const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent };

/** JSON lines of known-safe fields. Throws a Problem when the file cannot be made. */
export function createLog({ level, file, toStandardError = false, secrets }: LogOptions): Log {
  if (file !== undefined) privateFile(file);
  if (level === 'silent') return silent;
  const { pino } = late.pino();
  const hidden = secrets.filter((secret) => secret !== '').map((secret) => JSON.stringify(secret).slice(1, -1));
  const lines = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: onlyAllowed },
      hooks: {
        streamWrite: (line) => hidden.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), line),
      },
    },
    // Written at once: the last lines before an exit are the ones that matter.
    pino.destination(file === undefined ? { dest: toStandardError ? 2 : 1, sync: true } : { dest: file, sync: true }),
  );
  return logOver(lines, {});
}

/** What may be logged of an error: its kind and place. Its message only where no outside text can be in it. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const own = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  const one = (name: string): string | number | undefined => {
    const value: unknown = name in error ? error[name as keyof Error] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? value : undefined;
  };
  return {
    error: own ? `${error.name}: ${error.message}` : error.name,
    code: one('code'),
    status: one('status'),
    errcode: one('errcode'),
    frames: framesOf(error),
  };
}

/** Only what comes after the message: a line of it may look like a frame. */
function framesOf(error: Error): string | undefined {
  const { stack, message } = error;
  if (stack === undefined || !stack.includes(message)) return undefined;
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  return frames
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join(' | ');
}

const known: ReadonlySet<string> = new Set(allowed);
const longest = 2000;

function onlyAllowed(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(
        ([name, value]) => known.has(name) && (value === null || /^(?:string|number|boolean)$/.test(typeof value)),
      )
      .map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, longest) : value]),
  );
}

function logOver(lines: Logger, common: LogFields): Log {
  return {
    debug: (fields, msg) => lines.debug({ ...common, ...fields }, msg),
    info: (fields, msg) => lines.info({ ...common, ...fields }, msg),
    warn: (fields, msg) => lines.warn({ ...common, ...fields }, msg),
    error: (fields, msg) => lines.error({ ...common, ...fields }, msg),
    child: (fields) => logOver(lines, { ...common, ...fields }),
  };
}
