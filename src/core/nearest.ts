import { distance } from 'fastest-levenshtein';

/** Up to three of the names that a mistyped one may have meant, nearest first. */
export function nearest(typed: string, names: Iterable<string>): readonly string[] {
  const word = typed.toLowerCase().slice(0, 60);
  const allowed = Math.max(1, Math.floor(word.length / 3));
  return [...new Set(names)]
    .map((name) => ({ name, away: away(word, name) }))
    .filter(({ away }) => away <= allowed)
    .sort((one, other) => one.away - other.away || one.name.localeCompare(other.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Two letters the wrong way round are one slip, and so is a name that was not finished. */
function away(typed: string, name: string): number {
  if (typed.length > 2 && name.startsWith(typed)) return 1;
  const edits = distance(typed, name);
  const sameLetters = [...typed].sort().join('') === [...name].sort().join('');
  return edits === 2 && sameLetters ? 1 : edits;
}
