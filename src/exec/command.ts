import { type Config, loadConfig } from '../config.ts';
import { Problem } from '../core/problem.ts';
import { say } from '../core/text.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { type ExecFlags, execHelp, execPrefix, parseExecFlags } from './exec-flags.ts';
import { findConfig } from './find-config.ts';
import { type Format, formats } from './format.ts';
import { openReach } from './reach.ts';
import { toStandardOutput } from './standard-output.ts';

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
    const { tell } = await import('./tell.ts');
    return tell(error, { format, prefix: execPrefix, verbose });
  }
}

async function run(flags: ExecFlags, format: Format): Promise<ExitCode> {
  if (flags.words.length === 0) {
    throw new Problem('usage', say`There is no command.`, say`castellan exec --help shows how it is used.`);
  }
  const config = configOf(flags);
  // However it is written, and wherever it stands: pages of help tell of all commands.
  const isHelp = flags.words.some((word) => /^\W*(help|h)$/i.test(word));
  if (config instanceof Error || isHelp) {
    const { runAnyCommand } = await import('./any-command.ts');
    return runAnyCommand({ flags, format, config, reaching: undefined });
  }
  // The homeserver answers while the rest is loaded.
  const reaching = openReach(config, flags.verbose);
  reaching.catch(() => undefined);
  await new Promise(setImmediate);
  const { runPlainRead } = await import('./plain-read.ts');
  const ended = await runPlainRead({ flags, format, config, reaching });
  if (ended !== undefined) return ended;
  const { runAnyCommand } = await import('./any-command.ts');
  return runAnyCommand({ flags, format, config, reaching });
}

/** The configuration, or what is wrong with it: a page of help needs none. */
function configOf(flags: ExecFlags): Config | Error {
  try {
    return loadConfig(findConfig(flags.config, process.env), process.env);
  } catch (error) {
    if (error instanceof Error) return error;
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
