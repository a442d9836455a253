import { describe, expect, it } from 'vitest';
import { asLine, quoted, splitWords, withoutOuterQuotes } from '../../src/core/words.ts';

const texts = (line: string) => splitWords(line).words.map((word) => word.text);

describe('words of a command line', () => {
  it.each([
    ['a  b\tc', ['a', 'b', 'c']],
    ['', []],
    ['"a b" c', ['a b', 'c']],
    ["'a b' c", ['a b', 'c']],
    ["'a\\b'", ['a\\b']],
    ['"a\\"b"', ['a"b']],
    ['"a\\nb"', ['a\\nb']],
    ['a\\ b', ['a b']],
    ['""', ['']],
    ['x"y z"w', ['xy zw']],
    ['$HOME `id` *', ['$HOME', '`id`', '*']],
    ['“Alice B” c', ['Alice B', 'c']],
    ['„Alice B“', ['Alice B']],
    ['--name=“Alice B”', ['--name=Alice B']],
    ['a\u00a0b', ['a', 'b']],
    ['"a\u00a0b"', ['a b']],
    ['5” disk', ['5”', 'disk']],
    ['trailing\\', ['trailing\\']],
  ])('splits %j as %j', (line, words) => {
    expect(texts(line)).toEqual(words);
  });

  it.each([
    ['—force', '--force'],
    ['–force', '--force'],
    ['--force', '--force'],
    ['-f', '-f'],
    ['-5', undefined],
    ['-', undefined],
    ['— no', undefined],
    ['—5', undefined],
    ['"--force"', undefined],
    ['a—b', undefined],
  ])('reads %j as the flag %j', (line, flag) => {
    expect(splitWords(line).words[0]?.flag).toBe(flag);
  });

  it.each([
    ['“s3cret”', '“s3cret”'],
    ['pa”ss', 'pa”ss'],
    ['—dash', '—dash'],
    ['"with space"', 'with space'],
    ["'“x'", '“x'],
    ['"a\u00a0b"', 'a\u00a0b'],
  ])('keeps a secret %j as it was typed', (line, secret) => {
    expect(splitWords(line).words[0]?.asTyped).toBe(secret);
  });

  it.each([
    ['a "b c', 2],
    ["it's", 2],
    ['a “b', 2],
    ['"a\\"', 0],
  ])('says where the quote in %j begins', (line, at) => {
    expect(splitWords(line).unclosed?.at).toBe(at);
  });

  it.each([
    ['"all of it"', 'all of it'],
    ['“all of it”', 'all of it'],
    ['"a" and "b"', '"a" and "b"'],
    ["it's down", "it's down"],
    ['"', '"'],
  ])('drops one pair of quotes around all of %j', (text, rest) => {
    expect(withoutOuterQuotes(text)).toBe(rest);
  });

  it.each(['', 'a b', "it's", '--force', '—x', '“a”', 'a\\b', '$x', '#lobby:example.org'])(
    'writes %j so that it is read back',
    (word) => {
      expect(splitWords(quoted(word)).words).toMatchObject([{ text: word, flag: undefined }]);
    },
  );

  it('keeps the flags of a shell’s words', () => {
    const { words } = splitWords(asLine(['user', 'create-user', 'alice', '--display-name=A B', '-n', 'x y', '-5']));
    expect(words.map((word) => word.flag ?? word.text)).toEqual([
      'user',
      'create-user',
      'alice',
      '--display-name=A B',
      '-n',
      'x y',
      '-5',
    ]);
  });
});
