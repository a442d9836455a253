import type { AnyCommand } from '../commands/define.ts';
import { commandsFor } from '../commands/own-way/commands-for.ts';
import { type Config, loadConfig } from '../config.ts';
import { Problem } from '../core/problem.ts';
import type { ReadCommand } from '../core/read-command.ts';
import type { Reply } from '../core/reply.ts';
import { code, say } from '../core/text.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { askOnTerminal } from './ask-on-terminal.ts';
import { askSecret } from './ask-secret.ts';
import { type ExecFlags, execHelp, parseExecFlags } from './exec-flags.ts';
import { createFace } from './face.ts';
import { findConfig } from './find-config.ts';
import { type Format, formats, readWords } from './read-words.ts';
import { runLine } from './run-line.ts';
import { openSession, type Session } from './session.ts';
import { show } from './show.ts';
import { toStandardOutput } from './standard-output.ts';
import { tell } from './tell.ts';
import { promptIn } from './with-prompts.ts';

/** What commands begin with on a command line, for usage lines and hints. */
export const execPrefix = 'castellan exec --';

/** `castellan exec …`: the exit code; failures are told here. */
export async function execCommand(argv: readonly string[]): Promise<ExitCode> {
  let format: Format = 'human';
  let verbose = 0;
  try {
    const flags = parseExecFlags(argv);
    verbose = flags.verbose;
    if (flags.help) {
      await toStandardOutput(execHelp);
      return exitCodes.done;
    }
    format = formatIn(flags);
    return await run(flags, format);
  } catch (error) {
    return tell(error, { format, prefix: execPrefix, verbose });
  }
}

async function run(flags: ExecFlags, format: Format): Promise<ExitCode> {
  if (flags.words.length === 0) {
    throw new Problem('usage', say`There is no command.`, say`castellan exec --help shows how it is used.`);
  }
  const terminal = process.stdin.isTTY === true;
  const config = configOf(flags);
  const help = await helpIn(flags, config instanceof Problem ? 'synapse' : config.backend.type);
  if (help !== undefined) return help();
  if (config instanceof Problem) throw config;
  const session = await openSession({ config, prefix: execPrefix, as: flags.as, verbose: flags.verbose });
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
  backend: Config['backend']['type'],
): Promise<(() => Promise<ExitCode>) | undefined> {
  let read: ReadCommand<AnyCommand>;
  const catalog = { prefix: execPrefix, commands: await commandsFor(backend) };
  try {
    read = await readWords(
      { ...flags, body: undefined, secretFiles: new Map(), words: flags.words.filter((word) => word !== '-') },
      { catalog, me: { prefix: execPrefix, serverName: 'example.org' }, terminal: true },
    );
  } catch (error) {
    // What no server can change needs none to be told.
    if (error instanceof Problem && error.code === 'unknown-command') throw error;
    return undefined;
  }
  if (read.command.path !== 'help') return undefined;
  return async () => {
    const caps = { catalog } as unknown as Parameters<AnyCommand['run']>[1];
    const asker = { userId: 'shell', role: 'owner', source: 'shell' } as const;
    const reply = (await read.command.run(read.input, caps, asker, undefined)) as Reply;
    await show(reply, {
      format: formatIn(flags),
      prefix: execPrefix,
      width: process.stdout.columns ?? 80,
      line: read.line,
      out: toStandardOutput,
      aside: (line) => void process.stderr.write(`${line}\n`),
    });
    return exitCodes.done;
  };
}

/** The configuration, or what is wrong with it: a page of help needs none. */
function configOf(flags: ExecFlags): Config | Problem {
  try {
    return loadConfig(findConfig(flags.config, process.env), process.env);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** `-o` before the command or behind it; a wrong one is told when the command is read. */
function formatIn({ output, words }: ExecFlags): Format {
  const end = words.indexOf('--');
  const own = words.slice(0, end === -1 ? undefined : end);
  const at = own.findIndex((word) => word === '-o' || word === '--output');
  const typed = (at === -1 ? own.find((word) => word.startsWith('--output='))?.slice(9) : own[at + 1]) ?? output;
  if (typed === undefined) return 'human';
  const found = formats.filter((name) => typed !== '' && name.startsWith(typed.toLowerCase()));
  const [one] = found;
  if (one !== undefined && found.length === 1) return one;
  throw new Problem('usage', say`${typed} is no output format; there are ${formats.join(', ')}.`);
}
