import { describe, expect, test } from 'vitest';
import { parseDisplayName, parseEmail } from '../../src/core/people.ts';
import { thrown } from './thrown.ts';

describe('parseEmail', () => {
  test('gives the address in lower case, as homeservers compare them', () => {
    expect(parseEmail('Alice.Miller+x@Example.ORG')).toBe('alice.miller+x@example.org');
  });

  test.each(['', 'alice', '@example.org', 'alice@', 'a@b@c', 'a lice@example.org'])('refuses `%s`', (text) => {
    expect(thrown(() => parseEmail(text)).problem.code).toBe('usage');
  });
});

describe('parseDisplayName', () => {
  test('counts characters, not their halves', () => {
    expect(parseDisplayName('🐈'.repeat(256))).toBe('🐈'.repeat(256));
  });

  test('refuses a name with which an account could join no room', () => {
    expect(thrown(() => parseDisplayName('x'.repeat(257))).problem.code).toBe('usage');
  });
});
