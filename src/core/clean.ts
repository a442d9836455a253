/**
 * What has no look of its own: control characters, bidi controls, zero-width and other default-ignorable characters.
 * The two emoji variation selectors stay; they change how an emoji looks and nothing else.
 */
export const invisible = /[[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\uFFF9-\uFFFB]--[\uFE0E\uFE0F]]/gv;

/** Cuts after `limit` characters (code points) and says so with `…`. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = Array.from(text.slice(0, 2 * limit + 1));
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}

/** Somebody else's text as one line: nothing invisible in it, white space and line breaks as one space each. */
export function clean(value: string, limit?: number): string {
  const line = value
    .toWellFormed()
    .replace(/[\s\u0085]+/g, ' ')
    .replace(invisible, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  return limit === undefined ? line : cut(line, limit);
}

/** The same for a text of several lines, whose line breaks and indents stay. */
export function cleanLines(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/\t/g, '  ')
    .split('\n')
    .map((line) => line.replace(invisible, ''))
    .join('\n');
}
