import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../../src/core/problem.ts';
import { blockLines, quoted } from '../../../src/homeserver/relay/quoting.ts';

/** As Rust's `split_whitespace` does. */
const rustWords = (line: string) =>
  line.split(/[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u).filter((word) => word !== '');

/** As the `shell-words` crate does, comments too. */
function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; ) {
    const char = line[at] ?? '';
    if (/[ \t\n]/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
    } else if (char === '#' && word === undefined) break;
    else if (char === "'") {
      const end = line.indexOf("'", at + 1);
      if (end === -1) return undefined;
      word = (word ?? '') + line.slice(at + 1, end);
      at = end + 1;
    } else if (char === '"') {
      let inner = '';
      let end = at + 1;
      for (; line[end] !== '"'; end += 1) {
        if (end >= line.length) return undefined;
        if (line[end] === '\\' && /[$`"\\]/.test(line[end + 1] ?? '')) end += 1;
        inner += line[end];
      }
      word = (word ?? '') + inner;
      at = end + 1;
    } else if (char === '\\') {
      if (at + 1 >= line.length) return undefined;
      word = (word ?? '') + (line[at + 1] === '\n' ? '' : line[at + 1]);
      at += 2;
    } else {
      word = (word ?? '') + char;
      at += 1;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '#lobby:x.org',
    "it's",
    'a b',
    '--force',
    '-x',
    'a\nb',
    '"',
    '\\',
    '$HOME',
    '`x`',
    "'",
    '\u0085',
    'é',
    '—force',
    '',
  ),
);

describe('a word from somebody', () => {
  test.each([
    ['none', rustWords],
    ['shell', shellWords],
  ] as const)('with %s quoting arrives as exactly that one word behind the others, or is refused', (quoting, split) => {
    fc.assert(
      fc.property(anything, anything, (one, other) => {
        let line: string;
        try {
          line = `!admin users create ${quoted(one, quoting)} ${quoted(other, quoting)}`;
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          return;
        }
        expect(line).not.toMatch(/[\n\r]/);
        expect(split(line)).toEqual(['!admin', 'users', 'create', one, other]);
        for (const word of [one, other]) expect(word.startsWith('-')).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['two words', 'holds a space'],
    ['--force', 'is read as a flag'],
    ['a\nb', 'line break'],
    ['a\u200bb', 'cannot be seen'],
    ['a\u0085b', 'cannot be seen'],
    ['', 'is empty'],
  ])('%j is refused before it is sent: %s', (word, why) => {
    expect(() => quoted(word, 'none')).toThrow(why);
  });

  test('may hold spaces and quotes where the server reads quotes, and no leading dash there either', () => {
    expect(quoted('two words', 'shell')).toBe("'two words'");
    expect(quoted("it's", 'shell')).toBe(`'it'\\''s'`);
    expect(quoted('plain@x.org:8448', 'shell')).toBe('plain@x.org:8448');
    expect(() => quoted('-x', 'shell')).toThrow('flag');
  });

  test('that is a secret is not repeated in the refusal', () => {
    expect(() => quoted('my secret', 'none', true)).toThrow(/^(?!.*my secret).*This secret holds a space/s);
  });
});

describe('the lines of a block', () => {
  test('are sent as they are', () => {
    expect(blockLines(['id: irc', '  regex: "@irc_.*"'])).toEqual(['id: irc', '  regex: "@irc_.*"']);
  });

  test.each([['```'], ['  ```yaml'], ['a\nb'], ['a\r'], [''], ['   ']])(
    '%j could end it or be lost, and is refused',
    (line) => {
      expect(() => blockLines(['first', line])).toThrow('Line 2');
    },
  );

  test('are refused when there are none', () => {
    expect(() => blockLines([])).toThrow('empty');
  });
});
