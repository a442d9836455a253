import { Problem } from './problem.ts';
import { say } from './text.ts';

/** The lines of a message's block; line 1 is the first one inside it. */
export interface Fenced {
  readonly lines: readonly string[];
}

const example = say`Put it between two lines of three backticks, below the command.`;

/**
 * The one fenced block in what stands below a command line: backticks or tildes, any language tag, closed by a fence at
 * least as long (CommonMark, "Fenced code blocks"). Text outside it and a fence that is not closed are Problems.
 */
export function fencedBlock(below: string): Fenced {
  const lines = below.split('\n').map((line) => line.replace(/\r$/, ''));
  const first = lines.findIndex((line) => line.trim() !== '');
  const fence = /^ {0,3}(?:(`{3,})[^`]*|(~{3,}).*)$/u.exec(lines[first] ?? '');
  if (!fence) throw new Problem('usage', say`Below the command there is text that is not in a block.`, example);
  const marks = fence[1] ?? fence[2] ?? '';
  const closing = new RegExp(`^ {0,3}${marks.charAt(0)}{${marks.length},}\\s*$`, 'u');
  const last = lines.findIndex((line, at) => at > first && closing.test(line));
  if (last === -1)
    throw new Problem(
      'usage',
      say`The block is not closed.`,
      say`It ends with a line of ${marks.length} ${marks.charAt(0) === '~' ? 'tildes' : 'backticks'}, as it begins.`,
    );
  if (lines.slice(last + 1).some((line) => line.trim() !== ''))
    throw new Problem(
      'usage',
      say`Below the block there is more text.`,
      say`One command takes one block, and nothing after it.`,
    );
  return { lines: lines.slice(first + 1, last) };
}
