import { invisible } from './clean.ts';
import { code, type Text } from './text.ts';

/** Somebody's word quoted in an answer: cut to `length` characters, what cannot be seen made visible as `\u{…}`. */
export function clipped(text: string, length = 60): Text {
  const characters = Array.from(text.slice(0, 2 * length + 2));
  const seen = characters
    .slice(0, length)
    .join('')
    .replace(invisible, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
  if (seen === '') return code('""');
  return code(characters.length > length ? `${seen}…` : seen);
}
