import { isatty } from 'node:tty';
import { byNoun } from '../commands/by-noun.ts';
import type { AnyCommand, Capabilities } from '../commands/define.ts';
import type { Config } from '../config.ts';
import { fieldsOf, type Kind } from '../core/fields.ts';
import { normalized } from '../core/resolve.ts';
import { type ExitCode, exitOf } from '../exit-code.ts';
import { createHomeserver } from '../homeserver/create-homeserver.ts';
import { shellSource } from '../pipeline/shell-door.ts';
import { commandIn } from './command-in.ts';
import { type ExecFlags, execPrefix } from './exec-flags.ts';
import { createFace } from './face.ts';
import type { Format } from './format.ts';
import type { Reach } from './reach.ts';
import { readWords } from './read-words.ts';
import { usersFor, whoAsks } from './who-asks.ts';

/** Kinds of fields that may be typed without their server's name. */
const idKinds: ReadonlySet<Kind> = new Set([
  'localpart',
  'newUser',
  'user',
  'localUser',
  'room',
  'alias',
  'localAlias',
]);

export interface PlainReadOptions {
  readonly flags: ExecFlags;
  readonly format: Format;
  readonly config: Config;
  readonly reaching: Promise<Reach>;
}

/**
 * Runs a command that reads nothing but the homeserver, without the store, the admin room, plans and jobs, and without
 * loading them or other nouns' commands. Undefined where the words name none, or none that needs so little; then nothing
 * was done.
 */
export async function runPlainRead({
  flags,
  format,
  config,
  reaching,
}: PlainReadOptions): Promise<ExitCode | undefined> {
  const { actor, role } = whoAsks(config, flags.as);
  const givesSecret = flags.secretFiles.size > 0 || flags.words.some((word) => /(^|=)-$/.test(word));
  if (config.backend.type !== 'synapse' || role !== 'owner' || givesSecret) return undefined;
  const noun = byNoun.get(normalized(flags.words.find((word) => !word.startsWith('-')) ?? ''));
  if (noun === undefined) return undefined;
  const catalog = { prefix: execPrefix, ...(await noun()) };
  const command = commandIn(flags.words, catalog);
  if (command === undefined || !onlyReads(command)) return undefined;
  const readFor = (serverName: string) =>
    readWords(flags, { catalog, me: { prefix: execPrefix, serverName }, terminal: isatty(0) });
  // The homeserver's answer is still on its way; where no id may be typed, its name changes nothing.
  const early = command.body === undefined && !takesIds(command) ? await readFor('') : undefined;

  const { matrix, log, signal, heard, abort } = await reaching;
  // What is asked is called off and told; a second time the process simply ends.
  process.once('SIGINT', abort).once('SIGTERM', abort);
  const nothing = () => undefined;
  const adminRoomNames = () => [];
  const { homeserver } = await createHomeserver({
    config,
    matrix,
    log,
    signal,
    heard,
    adminRoomNames,
    redact: nothing,
  });
  const has = {
    ...homeserver,
    users: usersFor(actor, homeserver.users),
    clock: Date.now,
    backend: homeserver.name,
  } as unknown as Capabilities;
  if (!command.needs.every((need) => need in has)) return undefined;

  const read = early ?? (await readFor(matrix.serverName));
  const asker = { userId: actor, role, source: shellSource('read') };
  const result = await read.command.run(read.input, has, asker, undefined);
  if ('job' in result) throw new Error(`${command.path} reads and makes a job`);
  const face = createFace({ format: () => format, prefix: execPrefix, ask: undefined, stopping: () => false });
  await face.show(result, read);
  return exitOf[result.outcome];
}

const takesIds = ({ input }: AnyCommand): boolean =>
  [...fieldsOf(input).values()].some(({ kind }) => idKinds.has(kind));

const onlyReads = ({ danger, raise, audited }: AnyCommand): boolean =>
  danger === 'read' && raise === undefined && audited !== true;
