import type { NFA } from 'refa';
import { late } from '../../core/late.ts';

/** Patterns that would take more than this are not worked out. */
const mostNodes = 50_000;

/** A regular expression as homeservers use it: it must match from the beginning, and may match only a part. */
function automaton(regex: string): NFA {
  const { JS, NFA } = late.refa();
  const whole = /[^\\]\$$/.test(regex) && !regex.includes('|');
  const inner = (whole ? regex.slice(0, -1) : regex).replace(/^\^/, '').replaceAll('(?P<', '(?<');
  const parser = JS.Parser.fromLiteral({ source: `(?:${inner})${whole ? '' : '.*'}`, flags: 's' });
  const { expression, maxCharacter } = parser.parse({ assertions: 'throw', backreferences: 'throw' });
  return NFA.fromRegex(expression, { maxCharacter });
}

/** Whether some id matches both; where that cannot be worked out, whether they are the same. */
export function overlap(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return !late.refa().isDisjointWith(automaton(one), automaton(other), mostNodes);
  } catch {
    return false;
  }
}
