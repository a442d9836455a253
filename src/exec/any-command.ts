import type { AnyCommand } from '../commands/define.ts';
import { commandsFor } from '../commands/own-way/commands-for.ts';
import { type Config, ConfigFaults } from '../config.ts';
import { Problem } from '../core/problem.ts';
import type { ReadCommand } from '../core/read-command.ts';
import type { Reply } from '../core/reply.ts';
import { code, say } from '../core/text.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { askOnTerminal } from './ask-on-terminal.ts';
import { askSecret } from './ask-secret.ts';
import { type ExecFlags, execPrefix } from './exec-flags.ts';
import { createFace } from './face.ts';
import type { Format } from './format.ts';
import { openReach, type Reach } from './reach.ts';
import { readWords } from './read-words.ts';
import { runLine } from './run-line.ts';
import { openSession, type Session } from './session.ts';
import { show } from './show.ts';
import { toStandardOutput } from './standard-output.ts';
import { promptIn } from './with-prompts.ts';

export interface AnyCommandOptions {
  readonly flags: ExecFlags;
  readonly format: Format;
  /** Or what is wrong with it: a page of help needs none. */
  readonly config: Config | Error;
  /** Begun already, where it is known that it will be needed. */
  readonly reaching: Promise<Reach> | undefined;
}

/** Runs whatever there is, with all that the bot has: its store, its admin room, plans and jobs. */
export async function runAnyCommand({ flags, format, config, reaching }: AnyCommandOptions): Promise<ExitCode> {
  const terminal = process.stdin.isTTY === true;
  const help = await helpIn(flags, config, format);
  if (help !== undefined) return help();
  if (config instanceof Error) throw config;
  const reach = await (reaching ?? openReach(config, flags.verbose));
  const session = await openSession({ config, reach, prefix: execPrefix, as: flags.as });
  let stopping = false;
  let following = false;
  const onSignal = () => {
    if (stopping) process.exit(130);
    stopping = true;
    if (!following) session.abort();
  };
  try {
    const asks = terminal && process.stderr.isTTY === true && !flags.batch;
    const asked = await withAsked(flags, session.catalog, asks);
    const read = await readWords(asked, { catalog: session.catalog, me: session.me, terminal });
    // Until here nothing is lost when the process simply ends.
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    const face = createFace({
      format: () => format,
      prefix: execPrefix,
      ask: asks ? askOnTerminal : undefined,
      stopping: () => {
        following = true;
        return stopping;
      },
    });
    return await runLine(session, read, face);
  } finally {
    await session.close();
  }
}

/** The flags with the secrets that a person was asked for. Throws Problem where nobody can be. */
async function withAsked(flags: ExecFlags, catalog: Session['catalog'], asks: boolean): Promise<ExecFlags> {
  const prompt = promptIn(flags.words, catalog);
  const dash = flags.words.indexOf('-');
  if (prompt === undefined && !(dash > 0 && asks)) return flags;
  if (prompt !== undefined && (flags.secretFiles.size > 0 || flags.words.includes('--help'))) return flags;
  const { words, what } = prompt ?? { words: flags.words, what: 'secret' };
  if (!asks) {
    throw new Problem(
      'usage',
      say`The ${what} can be asked for on a terminal only.`,
      say`Give it with ${code(`${prompt?.flag ?? '--password'}-file FILE`)}, or ${code('-')} for standard input.`,
    );
  }
  const secret = await askSecret(what);
  if (secret === undefined) throw new Problem('usage', say`Nothing was typed, and nothing was done.`);
  return prompt === undefined
    ? { ...flags, words: words.with(dash, secret), asked: secret }
    : { ...flags, words: [...words, `${prompt.flag}=${secret}`], asked: secret };
}

/** Pages of help need neither a configuration nor a homeserver. */
async function helpIn(
  flags: ExecFlags,
  config: Config | Error,
  format: Format,
): Promise<(() => Promise<ExitCode>) | undefined> {
  let read: ReadCommand<AnyCommand>;
  const catalog = {
    prefix: execPrefix,
    commands: await commandsFor(config instanceof Error ? 'synapse' : config.backend.type),
  };
  try {
    read = await readWords(
      { ...flags, body: undefined, secretFiles: new Map(), words: flags.words.filter((word) => word !== '-') },
      { catalog, me: { prefix: execPrefix, serverName: 'example.org' }, terminal: true },
    );
  } catch (error) {
    // What no server can change needs none to be told; which commands there are, a faulty configuration may hide.
    if (error instanceof Problem && error.code === 'unknown-command' && !(config instanceof ConfigFaults)) throw error;
    return undefined;
  }
  if (read.command.path !== 'help') return undefined;
  return async () => {
    const caps = { catalog } as unknown as Parameters<AnyCommand['run']>[1];
    const asker = { userId: 'shell', role: 'owner', source: 'shell' } as const;
    const reply = (await read.command.run(read.input, caps, asker, undefined)) as Reply;
    await show(reply, {
      format,
      prefix: execPrefix,
      width: process.stdout.columns ?? 80,
      line: read.line,
      out: toStandardOutput,
      aside: (line) => void process.stderr.write(`${line}\n`),
    });
    return exitCodes.done;
  };
}
