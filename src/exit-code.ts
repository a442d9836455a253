import { ConfigFaults } from './config.ts';
import { clean } from './core/clean.ts';
import { Problem } from './core/problem.ts';
import type { Reply } from './core/reply.ts';
import type { Text } from './core/text.ts';
import { MatrixFault, NoAnswer } from './http.ts';
import { DeadToken } from './matrix/dead-token.ts';
import { RoomRefused } from './matrix/room-refused.ts';

/** What the process ends with. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  confirmationNeeded: 3,
  outcomeUnknown: 4,
  tokenRefused: 5,
  anotherInstance: 6,
  roomRefused: 7,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Of a command that was run. */
export const exitOf: Readonly<Record<Reply['outcome'], ExitCode>> = {
  done: exitCodes.done,
  failed: exitCodes.failed,
  unknown: exitCodes.outcomeUnknown,
};

/** The end of a command line that failed; `lines` are plain sentences for standard error. */
export interface Ending {
  readonly exitCode: ExitCode;
  readonly lines: readonly string[];
}

/** How the process ends on `error`; undefined for what nobody foresaw, which is logged under a reference. */
export function endingOf(error: unknown): Ending | undefined {
  if (error instanceof ConfigFaults) return { exitCode: exitCodes.usage, lines: error.message.split('\n') };
  if (error instanceof DeadToken) {
    return {
      exitCode: exitCodes.tokenRefused,
      lines: [sentence(error.message), 'Run `castellan init` for a new one.'],
    };
  }
  if (error instanceof Problem) return { exitCode: codeOf(error), lines: linesOf(error) };
  if (error instanceof MatrixFault) {
    const what = `The homeserver said no (${error.status} ${clean(error.errcode, 60)}): ${clean(error.reason, 300)}`;
    return { exitCode: exitCodes.failed, lines: [sentence(what)] };
  }
  if (error instanceof NoAnswer) {
    const exitCode = error.ambiguous ? exitCodes.outcomeUnknown : exitCodes.failed;
    const what = error.ambiguous ? ['The last request may have been carried out.'] : [];
    return { exitCode, lines: [sentence(`There was ${error.message}`), ...what] };
  }
  return undefined;
}

function codeOf(problem: Problem): ExitCode {
  if (problem instanceof RoomRefused) return exitCodes.roomRefused;
  switch (problem.code) {
    case 'usage':
      return exitCodes.usage;
    case 'unknown-outcome':
      return exitCodes.outcomeUnknown;
    case 'conflict':
      return exitCodes.anotherInstance;
    default:
      return exitCodes.failed;
  }
}

/** The text and the hint of a problem as plain lines for a terminal. */
export function linesOf(problem: Problem): readonly string[] {
  return [problem.text, ...(problem.hint === undefined ? [] : [problem.hint])].flatMap((text) =>
    plain(text).split('\n'),
  );
}

function plain(text: Text): string {
  return text.parts.map((part) => (part.kind === 'markdown' ? part.text : clean(part.text))).join('');
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
