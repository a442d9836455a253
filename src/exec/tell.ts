import { prefixed } from '../core/prefixed.ts';
import { problemReply } from '../core/problem-reply.ts';
import type { Reply } from '../core/reply.ts';
import { type ExitCode, endingOf, exitCodes } from '../exit-code.ts';
import { createLog } from '../log.ts';
import { DeadToken } from '../matrix/dead-token.ts';
import { problemOf } from '../pipeline/problem-of.ts';
import type { Format } from './format.ts';
import { show } from './show.ts';
import { toStandardOutput } from './standard-output.ts';
import { terminalText } from './terminal-text.ts';

export interface TellOptions {
  readonly format: Format;
  readonly prefix: string;
  readonly verbose: number;
}

/** A failure as lines on standard error, and, in a format for programs, as a document on standard output. Never a stack. */
export async function tell(error: unknown, { format, prefix, verbose }: TellOptions): Promise<ExitCode> {
  const ending = endingOf(error);
  if (ending !== undefined && (error instanceof DeadToken || ending.exitCode === exitCodes.usage)) {
    const { exitCode } = ending;
    const text = ending.lines.join('\n');
    const name = exitCode === exitCodes.usage ? 'usage' : 'token-refused';
    await document({ error: { code: name, text } }, format, prefix);
    process.stderr.write(`${text}\n`);
    return exitCode;
  }
  const log = createLog({ level: verbose === 0 ? 'silent' : 'error', toStandardError: true, secrets: [] });
  const problem = problemOf(error, log);
  const { outcome, blocks, data } = problemReply(problem);
  await document(data, format, prefix);
  process.stderr.write(`${terminalText(prefixed(blocks, prefix), 80).replace(/\n\n/g, '\n')}\n`);
  if (problem.code === 'usage' || problem.code === 'unknown-command') return exitCodes.usage;
  return outcome === 'unknown' ? exitCodes.outcomeUnknown : exitCodes.failed;
}

async function document(data: unknown, format: Format, prefix: string): Promise<void> {
  if (format === 'human') return;
  const reply: Reply = { outcome: 'failed', blocks: [], data };
  await show(reply, { format, prefix, width: 80, line: '', out: toStandardOutput, aside: () => undefined });
}
