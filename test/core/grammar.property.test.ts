import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/core/problem.ts';
import { quoted, splitWords } from '../../src/core/words.ts';
import { line, typed } from './sample-catalog.ts';

const pieces = fc.constantFrom(
  '!admin',
  ' ',
  '\n',
  '"',
  "'",
  '“',
  '”',
  '\\',
  '—',
  '--',
  '-n',
  '-p',
  '=',
  '```',
  '~~~',
  '>',
  'user',
  'users',
  'room',
  'create-user',
  'create-list',
  'deactivate',
  'deactivate-all',
  'list',
  'alice',
  '@bob:example.org',
  '#lobby',
  '--force',
  '--limit',
  '--email',
  '__proto__',
  'constructor',
  '1e5',
  '\u00a0',
  '\u202e',
  '\0',
  ',',
  '# ',
  'help',
  'notice send',
);
const soup = fc
  .array(fc.oneof(pieces, fc.string({ maxLength: 5, unit: 'binary' })), { maxLength: 30 })
  .map((parts) => parts.join(''));
const markup = fc
  .array(
    fc.oneof(
      pieces,
      fc.constantFrom(
        '<a href="https://matrix.to/#/@m:x.org">',
        '</a>',
        '<a ',
        '<mx-reply>',
        '&lt;',
        '&#x41;',
        '<',
        '>',
        '%',
      ),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

function onlyProblems<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

describe('the grammar', () => {
  it('throws nothing but Problems, whatever is typed', () => {
    fc.assert(
      fc.property(soup, (text) => void onlyProblems(() => typed(`!admin ${text}`))),
      { numRuns: 2_000 },
    );
  });

  it('throws nothing but Problems, whatever a client makes of it', () => {
    fc.assert(
      fc.property(soup, markup, fc.jsonValue(), (text, html, mentions) => {
        onlyProblems(() =>
          typed(`!admin ${text}`, { formatted_body: html, 'm.mentions': mentions, 'm.relates_to': mentions }),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes for a command only what begins with an address', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const addressed = /^\s*(!admin(\s|$)|@castellan:example\.org(\s|:)|Castellan[:,])/iu.test(text);
        fc.pre(!addressed);
        expect(typed(text)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads back any word it has quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        expect(splitWords(words.map(quoted).join(' ')).words.map((word) => word.text)).toEqual(
          words.map((word) => word.replaceAll('\u00a0', ' ')),
        );
      }),
    );
  });

  it('gives a quoted secret to the command as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (secret) => {
        expect(line(`user reset-password alice ${quoted(secret)}`).input.password).toBe(secret);
      }),
    );
  });
});
