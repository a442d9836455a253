import { expect, test } from 'vitest';
import { everyPage } from '../../src/commands/every-page.ts';
import type { Listed } from '../../src/homeserver/listed.ts';

interface Asked {
  readonly from: number;
  readonly limit: number;
}

/** A list of numbers that gives at most `most` of them at once, and what it was asked for. */
function listOf(total: () => number, most = Number.POSITIVE_INFINITY) {
  const asked: Asked[] = [];
  let open = 0;
  let mostOpen = 0;
  const list = async (from: number, limit: number): Promise<Listed<number>> => {
    asked.push({ from, limit });
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    await new Promise(setImmediate);
    open -= 1;
    const end = Math.min(total(), from + Math.min(limit, most));
    return { rows: Array.from({ length: Math.max(0, end - from) }, (_, n) => from + n), total: total() };
  };
  return { list, asked, mostOpen: () => mostOpen };
}

const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, n) => from + n);

async function all(pages: AsyncIterable<Listed<number>>): Promise<readonly number[]> {
  const rows: number[] = [];
  for await (const page of pages) rows.push(...page.rows);
  return rows;
}

test('a short list is asked for once, an empty one too', async () => {
  for (const total of [0, 1, 499, 500]) {
    const { list, asked } = listOf(() => total);
    expect(await all(everyPage(list))).toEqual(upTo(total));
    expect(asked).toEqual([{ from: 0, limit: 500 }]);
  }
});

test('a long list comes whole and in order, two pages at once and no more, and nothing behind its end is asked for', async () => {
  const { list, asked, mostOpen } = listOf(() => 2_501);
  expect(await all(everyPage(list))).toEqual(upTo(2_501));
  expect(asked.map(({ from }) => from)).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500]);
  expect(mostOpen()).toBe(2);
});

test('a part of it is what was asked for', async () => {
  const { list, asked } = listOf(() => 5_000);
  expect(await all(everyPage(list, 700, 1_200))).toEqual(upTo(1_900, 700));
  expect(asked).toEqual([
    { from: 700, limit: 500 },
    { from: 1_200, limit: 500 },
    { from: 1_700, limit: 200 },
  ]);
});

test('where fewer come than were asked for, none is left out and none comes twice', async () => {
  const { list } = listOf(() => 1_000, 150);
  expect(await all(everyPage(list))).toEqual(upTo(1_000));
  const once = listOf(() => 3_000);
  const short = async (from: number, limit: number) => once.list(from, from === 1_000 ? 7 : limit);
  expect(await all(everyPage(short))).toEqual(upTo(3_000));
});

test('a list that grows or shrinks while it is read ends where it ends', async () => {
  let total = 4_400;
  const growing = listOf(() => total);
  const rows: number[] = [];
  for await (const page of everyPage(growing.list)) {
    rows.push(...page.rows);
    total = 5_200;
  }
  expect(rows).toEqual(upTo(5_200));
  total = 2_600;
  const shrinking = listOf(() => total);
  const left: number[] = [];
  for await (const page of everyPage(shrinking.list)) {
    left.push(...page.rows);
    total = 600;
  }
  expect(left.length).toBeLessThan(2_600);
  expect(left).toEqual(upTo(left.length));
});

test('what goes wrong is told when its page is due, and nowhere else', async () => {
  const { list } = listOf(() => 2_000);
  const broken = async (from: number, limit: number) => {
    if (from === 1_000) throw new Error('gone');
    return list(from, limit);
  };
  const seen: number[] = [];
  await expect(async () => {
    for await (const page of everyPage(broken)) seen.push(page.rows.length);
  }).rejects.toThrow('gone');
  expect(seen).toEqual([500, 500]);
  // Whoever stops early never hears of it.
  for await (const page of everyPage(broken)) {
    expect(page.rows).toEqual(upTo(500));
    break;
  }
});
