import { describe, expect, it } from 'vitest';
import { nextLine, pageLine, pageOf, pageText, windowOf } from '../../src/core/page.ts';
import { Problem } from '../../src/core/problem.ts';
import { wordsOf } from '../../src/core/text.ts';

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('windowOf', () => {
  it('shows the first hundred when nothing is said', () => {
    expect(windowOf({})).toEqual({ from: 0, limit: 100 });
  });

  it('counts pages from one, by the limit', () => {
    expect(windowOf({ page: 1, limit: 20 })).toMatchObject({ from: 0, limit: 20 });
    expect(windowOf({ page: 3, limit: 20 })).toMatchObject({ from: 40, limit: 20 });
    expect(windowOf({ from: 7 })).toMatchObject({ from: 7, limit: 100 });
  });

  it('has no limit when everything is asked for', () => {
    expect(windowOf({ all: true, limit: 100 })).toEqual({ from: 0, limit: undefined });
    expect(windowOf({ all: true })).toMatchObject({ from: 0, limit: undefined });
  });

  it('refuses what cannot be meant', () => {
    expect(refusal(() => windowOf({ limit: 0 }))).toBe('usage: The limit must be at least 1.');
    expect(refusal(() => windowOf({ page: 2, from: 100 }))).toMatch(/^usage/);
    expect(refusal(() => windowOf({ all: true, limit: 5 }))).toMatch(/^usage/);
    expect(refusal(() => windowOf({ all: true, page: 2 }))).toMatch(/^usage/);
  });
});

describe('pageOf', () => {
  it('knows whether there is more from the total', () => {
    expect(pageOf(windowOf({}), 100, 4812)).toEqual({ from: 0, total: 4812, more: true });
    expect(pageOf(windowOf({ from: 4800 }), 12, 4812)).toMatchObject({ more: false });
  });

  it('takes the server’s word for it where there is no total', () => {
    expect(pageOf(windowOf({}), 100, undefined, true)).toMatchObject({ total: undefined, more: true });
  });

  it('refuses a page behind the end, but not an empty list', () => {
    expect(refusal(() => pageOf(windowOf({ page: 50 }), 0, 4812))).toBe(
      'usage: The list ends at 4,812; there is nothing from 4,901 on.',
    );
    expect(pageOf(windowOf({}), 0, 0)).toEqual({ from: 0, total: 0, more: false });
  });
});

describe('the line below a list', () => {
  it('says where it is and how to go on', () => {
    expect(wordsOf(pageText({ from: 0, total: 4812 }, 100))).toBe('1–100 of 4,812');
    expect(wordsOf(pageText({ from: 4811, total: 4812 }, 1))).toBe('4,812 of 4,812');
    expect(wordsOf(pageText({ from: 100, total: undefined, more: true }, 100))).toBe('101–200, and there are more');
    expect(wordsOf(pageLine({ from: 0, total: 300, next: '!admin room list-rooms --from 100' }, 100))).toBe(
      '1–100 of 300 · next: !admin room list-rooms --from 100',
    );
  });
});

describe('nextLine', () => {
  it.each([
    ['!admin user list-users', undefined, '!admin user list-users --from 100'],
    ['!admin user list-users --page 2 -n bob', 2, '!admin user list-users -n bob --from 100'],
    ['!admin user list-users --page=2 -l 50', 2, '!admin user list-users -l 50 --from 100'],
    ['!admin user list-users -f 50', undefined, '!admin user list-users --from 100'],
    ['!admin user list-users -f50', undefined, '!admin user list-users --from 100'],
    ['!admin user list-users —from 50 -d', undefined, '!admin user list-users -d --from 100'],
    ['!admin user list-users -n "x --page 2"', undefined, '!admin user list-users -n "x --page 2" --from 100'],
    ["!admin user list-users -n 'it is' --from=3", undefined, "!admin user list-users -n 'it is' --from 100"],
    [
      '!admin user list-users --force-thing --froms 3',
      undefined,
      '!admin user list-users --force-thing --froms 3 --from 100',
    ],
    ['!admin room list-rooms 2', 2, '!admin room list-rooms --from 100'],
    ['!admin room list-rooms 2 --limit 2', 2, '!admin room list-rooms --limit 2 --from 100'],
    ['!admin room list-rooms --limit 2 2', 2, '!admin room list-rooms --limit 2 --from 100'],
    ['!admin room list-rooms --public 2', 2, '!admin room list-rooms --public --from 100'],
  ])('%s', (line, page, expected) => {
    expect(nextLine(line, 100, page)).toBe(expected);
  });
});
