import { describe, expect, it } from 'vitest';
import { clean, cleanLines } from '../../src/core/clean.ts';

describe('clean', () => {
  it('makes one line of several', () => {
    expect(clean('a\nb\r\nc\u2028d\u0085e\tf')).toBe('a b c d e f');
  });

  it('takes out control, bidi and zero-width characters', () => {
    expect(clean('\u202Egnp\u202C.\u200Bexe\u0000\u001B[31m\u2066x\u2069\uFEFF\u00AD\u{E0041}')).toBe('gnp.exe[31mx');
  });

  it('leaves letters, marks and emoji of any script as they are', () => {
    for (const text of ['Zoë', 'Zoe\u0308', '日本語', 'שלום', '❤️', '🏳️']) expect(clean(text)).toBe(text);
  });

  it('replaces half a surrogate pair, which could not be sent', () => {
    expect(clean('a\uD83Db')).toBe('a\uFFFDb');
  });

  it('cuts after the limit, between characters, and says so', () => {
    expect(clean('😀'.repeat(10), 10)).toBe('😀'.repeat(10));
    expect(clean('😀'.repeat(11), 10)).toBe(`${'😀'.repeat(9)}…`);
  });

  it('says so too where most of the value was invisible', () => {
    expect(clean(`${'\u200B'.repeat(1_000)}abcdef`, 4)).toBe('abc…');
  });
});

describe('cleanLines', () => {
  it('keeps line breaks and indents only', () => {
    expect(cleanLines('a:\r\n  b\u202E: 1\u0000\n\tc')).toBe('a:\n  b: 1\n  c');
  });
});
