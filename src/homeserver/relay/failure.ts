import { Problem, type ProblemCode } from '../../core/problem.ts';
import { say, type Text } from '../../core/text.ts';

/** How a homeserver says that it did not do something. */
export type Failure =
  /** It refused, in its own words. */
  | { readonly kind: 'refused'; readonly words: string }
  /** It did not understand the command: its version is another one. */
  | { readonly kind: 'usage'; readonly words: string }
  /** It broke off in the middle. */
  | { readonly kind: 'broken'; readonly words: string };

/** Reads a failure; `undefined` where the text is none that is known. */
export type ReadFailure = (text: string) => Failure | undefined;

const envelope = /^Command failed with error:\n```\n([\s\S]*)\n```$/;
const panic = /^Panic occurred while processing command:\n/;
const unposted = /^Failed to build and append admin room PDU: /;
const clap = /^(error: [\s\S]*?)(?:\n\s*\n|$)/;

/** What continuwuity, tuwunel and Palpo have in common: a failure stands in an envelope, never loose. */
export const readEnvelope: ReadFailure = (text) => {
  const words = envelope.exec(text)?.[1];
  if (words !== undefined) return { kind: 'refused', words: undebugged(words) };
  return readOrdinary(text);
};

/** Conduit's: what is thrown stands in a fence, everything else is a plain sentence that each command has to know. */
export const readConduitFailure: ReadFailure = (text) => {
  const words = /^Encountered an error while handling the command:\n```\n([\s\S]*)\n```$/.exec(text)?.[1];
  if (words !== undefined) return { kind: 'refused', words };
  const unparsed = /^Failed to parse admin command: [\s\S]*$/.exec(text)?.[0];
  return unparsed === undefined ? readOrdinary(text) : { kind: 'usage', words: unparsed };
};

function readOrdinary(text: string): Failure | undefined {
  if (panic.test(text) || unposted.test(text)) return { kind: 'broken', words: firstLine(text) };
  const words = clap.exec(text)?.[1];
  if (words !== undefined && /(^|\n)(Usage|USAGE):/.test(text)) return { kind: 'usage', words: firstLine(words) };
  return /^(Usage|USAGE):/m.test(text) && !text.includes('```') ? { kind: 'usage', words: firstLine(text) } : undefined;
}

/** Palpo prints its errors as Rust shows them to programmers. */
function undebugged(words: string): string {
  const inner = /^\w+\(\s*"((?:[^"\\]|\\.)*)",?\s*\)$/.exec(words.trim())?.[1];
  return inner === undefined ? words.trim() : inner.replaceAll('\\"', '"').replaceAll('\\n', '\n');
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';

/** What a refusal means, from the texts of the reference, section 3.1; anything else is only "rejected". */
const meanings: readonly (readonly [RegExp, ProblemCode])[] = [
  [/already exists|is not available|already registered|overwrite in use alias/i, 'exists'],
  [
    /does not exist|doesn['’]t exist|isn['’]t in use|not found|not known to us|No such alias|No more rooms|not in any rooms/i,
    'not-found',
  ],
  [/^Admin users cannot|cannot forcefully log out admin|Not allowed to/i, 'forbidden'],
  [/already (in use|joined|pending)|in use alias|is deactivated|already redacted/i, 'conflict'],
];

/** The code that fits a refusal. */
export function meaningOf(words: string): ProblemCode {
  return meanings.find(([pattern]) => pattern.test(words))?.[1] ?? 'rejected';
}

/** A failure for the person; `doing`: the native command without its arguments. */
export function problemOf(failure: Failure, doing: Text, writes: boolean): Problem {
  if (failure.kind === 'refused')
    return new Problem(meaningOf(failure.words), say`The homeserver refused: ${failure.words}`);
  if (failure.kind === 'usage')
    return new Problem(
      'unsupported',
      say`The homeserver does not understand ${doing}: ${failure.words}`,
      say`Nothing was done. Its version may be another one than I know, or the configured dialect is not its own.`,
    );
  const what = say`The homeserver broke off in the middle of ${doing}: ${failure.words}`;
  if (!writes) return new Problem('unavailable', what);
  return new Problem(
    'unknown-outcome',
    say`${what} It may have been done, or not.`,
    say`Look at how it stands before trying again.`,
  );
}
