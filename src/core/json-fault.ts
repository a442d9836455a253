/** Where a text stops being JSON (RFC 8259); line and column count from 1. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
}

const scalar =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const space = /[ \t\r\n]*/y;

class Stopped extends Error {}

/**
 * The place of the first syntax error, or undefined where there is none. `JSON.parse` names no place for half of its
 * errors and quotes the text in them, which may be a secret.
 */
export function jsonFault(text: string): JsonFault | undefined {
  let at = 0;

  const eat = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const next = (): string | undefined => {
    eat(space);
    return text[at];
  };
  const need = (found: boolean): void => {
    if (!found) throw new Stopped();
  };
  const needSign = (sign: string): void => {
    need(next() === sign);
    at++;
  };
  const list = (end: string, item: () => void): void => {
    at++;
    if (next() === end) {
      at++;
      return;
    }
    item();
    while (next() === ',') {
      at++;
      item();
    }
    needSign(end);
  };
  const member = (): void => {
    next();
    need(eat(string));
    needSign(':');
    value();
  };
  const value = (): void => {
    const sign = next();
    if (sign === '{') list('}', member);
    else if (sign === '[') list(']', value);
    else need(eat(scalar));
  };

  try {
    value();
    need(next() === undefined);
    return undefined;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    const before = text.slice(0, at).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }
}
