import type { AnyCommand } from '../commands/define.ts';
import { commands } from '../commands/index.ts';
import { loadConfig } from '../config.ts';
import { prefixed } from '../core/prefixed.ts';
import { Problem } from '../core/problem.ts';
import { problemReply } from '../core/problem-reply.ts';
import type { ReadCommand } from '../core/read-command.ts';
import type { Reply } from '../core/reply.ts';
import { say } from '../core/text.ts';
import { type ExitCode, endingOf, exitCodes } from '../exit-code.ts';
import { createLog } from '../log.ts';
import { DeadToken } from '../matrix/dead-token.ts';
import { problemOf } from '../pipeline/problem-of.ts';
import { askOnTerminal } from './ask-on-terminal.ts';
import { type ExecFlags, execHelp, parseExecFlags } from './exec-flags.ts';
import { createFace } from './face.ts';
import { findConfig } from './find-config.ts';
import { type Format, formats, readWords } from './read-words.ts';
import { runLine } from './run-line.ts';
import { openSession } from './session.ts';
import { show } from './show.ts';
import { endOnClosedPipe, toStandardOutput } from './standard-output.ts';
import { terminalText } from './terminal-text.ts';

/** What commands begin with on a command line, for usage lines and hints. */
export const execPrefix = 'castellan exec --';

/** `castellan exec …`: the exit code; failures are told here. */
export async function execCommand(argv: readonly string[]): Promise<ExitCode> {
  let ended: ExitCode = exitCodes.failed;
  endOnClosedPipe(() => ended);
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
    ended = await run(flags, format);
    return ended;
  } catch (error) {
    ended = await tell(error, format, verbose);
    return ended;
  }
}

async function run(flags: ExecFlags, format: Format): Promise<ExitCode> {
  if (flags.words.length === 0) {
    throw new Problem('usage', say`There is no command.`, say`castellan exec --help shows how it is used.`);
  }
  const terminal = process.stdin.isTTY === true;
  const help = helpIn(flags);
  if (help !== undefined) return help();
  const config = loadConfig(findConfig(flags.config, process.env), process.env);
  const session = await openSession({ config, prefix: execPrefix, as: flags.as, verbose: flags.verbose });
  let stopping = false;
  let following = false;
  const onSignal = () => {
    if (stopping) process.exit(130);
    stopping = true;
    if (!following) session.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const read = readWords(flags, { catalog: session.catalog, me: session.me, terminal });
    const asks = terminal && process.stderr.isTTY === true && !flags.batch;
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
    session.close();
  }
}

/** Pages of help need neither a configuration nor a homeserver. */
function helpIn(flags: ExecFlags): (() => Promise<ExitCode>) | undefined {
  let read: ReadCommand<AnyCommand>;
  const catalog = { prefix: execPrefix, commands };
  try {
    read = readWords(
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

/** Lines on standard error, and with a format for programs a document on standard output too. Never a stack. */
async function tell(error: unknown, format: Format, verbose: number): Promise<ExitCode> {
  const log = () => createLog({ level: verbose === 0 ? 'silent' : 'error', toStandardError: true, secrets: [] });
  if (error instanceof DeadToken || endingOf(error)?.exitCode === exitCodes.usage) {
    const ending = endingOf(error);
    const exitCode = ending?.exitCode ?? exitCodes.failed;
    const text = ending?.lines.join('\n') ?? '';
    if (format !== 'human') {
      const name = exitCode === exitCodes.usage ? 'usage' : 'token-refused';
      await document({ outcome: 'failed', blocks: [], data: { error: { code: name, text } } }, format);
    }
    process.stderr.write(`${text}\n`);
    return exitCode;
  }
  const problem = problemOf(error, log());
  const { outcome, blocks, data } = problemReply(problem);
  if (format !== 'human') await document({ outcome, blocks: [], data }, format);
  process.stderr.write(`${terminalText(prefixed(blocks, execPrefix), 80).replace(/\n\n/g, '\n')}\n`);
  return problem.code === 'usage' || problem.code === 'unknown-command'
    ? exitCodes.usage
    : outcome === 'unknown'
      ? exitCodes.outcomeUnknown
      : exitCodes.failed;
}

async function document(reply: Reply, format: Format): Promise<void> {
  await show(reply, {
    format,
    prefix: execPrefix,
    width: 80,
    line: '',
    out: toStandardOutput,
    aside: () => undefined,
  });
}
