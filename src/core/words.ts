/** One word of a command line. */
export interface Word {
  /** Quotes and backslashes read, curly quotes too, no-break spaces made spaces. */
  readonly text: string;
  /** Only straight quotes and backslashes read: what a secret is. */
  readonly asTyped: string;
  /** Set when the word begins with an unquoted dash and so can be a flag; `—force` is `--force` here. */
  readonly flag: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** The words up to a quote that is never closed, if there is one. */
export interface Split {
  readonly words: readonly Word[];
  readonly unclosed: { readonly at: number; readonly wordStart: number } | undefined;
}

const curly = /[“”„‟]/u;
const space = /\s/u;

/** Splits a line as a shell would, expanding nothing, and understands what phones make of quotes and dashes. */
export function splitWords(line: string): Split {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    if (space.test(line.charAt(at))) {
      at += 1;
      continue;
    }
    const end = endOfWord(line, at);
    if (typeof end !== 'number') return { words, unclosed: { at: end.unclosed, wordStart: at } };
    const raw = line.slice(at, end);
    const text = unquote(raw, true).replaceAll('\u00a0', ' ');
    words.push({ text, asTyped: unquote(raw, false), flag: asFlag(raw, text), start: at, end });
    at = end;
  }
  return { words, unclosed: undefined };
}

/** Curly quotes open only where a word or a flag's value begins: elsewhere they are text. */
function opens(line: string, at: number, wordStart: number): boolean {
  const char = line.charAt(at);
  return char === '"' || char === "'" || (curly.test(char) && (at === wordStart || line.charAt(at - 1) === '='));
}

function endOfWord(line: string, start: number): number | { readonly unclosed: number } {
  let at = start;
  while (at < line.length && !space.test(line.charAt(at))) {
    if (opens(line, at, start)) {
      const close = closingQuote(line, at);
      if (close === undefined) return { unclosed: at };
      at = close;
    } else if (line.charAt(at) === '\\') at += 1;
    at += 1;
  }
  return Math.min(at, line.length);
}

function closingQuote(line: string, open: number): number | undefined {
  const quote = line.charAt(open);
  for (let at = open + 1; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quote !== "'" && char === '\\') at += 1;
    else if (curly.test(quote) ? curly.test(char) : char === quote) return at;
  }
  return undefined;
}

/** `smart`: curly quotes are quotes. */
function unquote(raw: string, smart: boolean): string {
  let text = '';
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw.charAt(at);
    const close = opens(raw, at, 0) && (smart || !curly.test(char)) ? closingQuote(raw, at) : undefined;
    if (close !== undefined) {
      const inside = raw.slice(at + 1, close);
      text += char === "'" ? inside : inside.replace(/\\(["\\“”„‟])/gu, '$1');
      at = close;
    } else if (char === '\\' && at + 1 < raw.length) {
      at += 1;
      text += raw.charAt(at);
    } else text += char;
  }
  return text;
}

function asFlag(raw: string, text: string): string | undefined {
  if (/^-[^\d.\s]/u.test(raw)) return text;
  if (/^[—–]\p{L}/u.test(raw)) return `--${text.slice(1)}`;
  return undefined;
}

/** The rest of a line as it was typed, without the one pair of quotes that may stand around all of it. */
export function withoutOuterQuotes(typed: string): string {
  const text = typed.trim();
  const pair = /^(["']|[“”„‟])(.*)(["']|[“”„‟])$/su.exec(text);
  if (!pair) return text;
  const [, open = '', inside = '', close = ''] = pair;
  if (curly.test(open)) return curly.test(close) && !curly.test(inside) ? inside : text;
  return open === close && !inside.includes(open) ? inside : text;
}

/** A word as it must be typed to be read back as it is. */
export function quoted(word: string): string {
  if (word !== '' && /^[^\s"'\\“”„‟—–-][^\s"'\\“”„‟]*$/u.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line from words that a shell has split already; flags stay flags. */
export function asLine(argv: readonly string[]): string {
  return argv
    .map((word) => {
      const flag = /^(--?[\p{L}\d-]*)(?:=(.*))?$/su.exec(word);
      if (!flag || /^-\d/.test(word)) return quoted(word);
      return flag[2] === undefined ? word : `${flag[1]}=${quoted(flag[2])}`;
    })
    .join(' ');
}
