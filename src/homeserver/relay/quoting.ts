import { Problem } from '../../core/problem.ts';
import { clipped } from '../../core/shown.ts';
import { code, say } from '../../core/text.ts';

/** `none`: words end at white space and nothing can hold any. `shell`: quotes and backslashes group, as in a shell. */
export type Quoting = 'none' | 'shell';

// White space as Rust splits at it, which has U+0085 beside JavaScript's.
const space = /[\s\u0085]/u;
// With these somebody could make a second line, or what looks like another word.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function refused(word: string, why: ReturnType<typeof say>, secret: boolean): Problem {
  const what = secret ? say`This secret` : clipped(word);
  return new Problem('rejected', say`${what} ${why}; the homeserver's admin room cannot carry that. Nothing was sent.`);
}

/**
 * A word as it goes into the line, so that the homeserver gets exactly this one word. Throws Problem('rejected') for
 * one that it cannot get: nothing is sent then.
 */
export function quoted(word: string, quoting: Quoting, secret = false): string {
  if (word === '') throw refused(word, say`is empty`, secret);
  if (unseen.test(word) || /[\n\r]/.test(word))
    throw refused(word, say`holds a line break or what cannot be seen`, secret);
  if (word.startsWith('-')) throw refused(word, say`begins with ${code('-')}, which is read as a flag`, secret);
  if (quoting === 'none') {
    if (space.test(word)) throw refused(word, say`holds a space`, secret);
    return word;
  }
  return /^[\w@%+=:,./!#-]+$/.test(word) && !/^#/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The lines of a block, none of which can end it. Throws Problem('rejected'). */
export function blockLines(lines: readonly string[]): readonly string[] {
  if (lines.length === 0) throw new Problem('rejected', say`The list is empty. Nothing was sent.`);
  const bad = lines.findIndex((line) => /^\s*```/.test(line) || /[\r\n\0]/.test(line) || line.trim() === '');
  if (bad !== -1)
    throw new Problem(
      'rejected',
      say`Line ${bad + 1} is empty, or holds three backticks or a line break; the homeserver's admin room cannot carry that. Nothing was sent.`,
    );
  return lines;
}
