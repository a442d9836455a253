import { expect, test } from 'vitest';
import type { Listing } from '../../src/core/reply.ts';
import { code } from '../../src/core/text.ts';
import { terminalText } from '../../src/exec/terminal-text.ts';

const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
const listing: Listing = {
  columns: keys.map((key) => ({ key, title: key.toUpperCase() })),
  show: keys,
  rows: [
    { a: code('@a:x'), b: `long ${'y'.repeat(600)}`, c: true },
    { a: code('@b:x'), d: 'two\nlines\x1b[2J', f: 4812 },
  ],
};

test('a listing with more columns than a table may have stands in lines, whole', () => {
  const text = terminalText([{ kind: 'listing', listing }], 80);
  expect(text).toBe(`A: @a:x\nB: long ${'y'.repeat(600)}\nC: ✅\n\nA: @b:x\nD: two lines[2J\nF: 4,812`);
});

test('one with fewer is a table of the width of the terminal', () => {
  const text = terminalText([{ kind: 'listing', listing: { ...listing, show: ['a', 'b'] } }], 80);
  expect(text).toContain('│');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});
