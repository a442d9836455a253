import type { RE2JS } from 're2js';
import { localpartOf } from './ids.ts';
import { late } from './late.ts';
import { Problem } from './problem.ts';
import { clipped } from './shown.ts';
import { code, say } from './text.ts';

/** Longer ones are nobody's. */
const longest = 500;

/**
 * Which users a regular expression (RE2: linear in time, without look-around and back-references) means: those whose
 * whole localpart or whole id it matches. Throws Problem where it does not compile.
 */
export function userPattern(source: string): (userId: string) => boolean {
  if (source.length > longest)
    throw new Problem('usage', say`The regular expression is longer than ${longest} characters.`);
  const compiled = compile(source);
  return (userId) => compiled.matches(localpartOf(userId)) || compiled.matches(userId);
}

function compile(source: string): RE2JS {
  const { RE2JS, RE2JSSyntaxException } = late.re2js();
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw new Problem(
      'usage',
      say`${clipped(source)} is no regular expression: ${error.getDescription()}.`,
      say`It has to match the whole localpart or the whole id, as ${code('spam.*')} does. Look-around and back-references are not possible.`,
    );
  }
}
