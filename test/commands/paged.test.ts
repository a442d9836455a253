import { describe, expect, it } from 'vitest';
import { type PagedListing, paged } from '../../src/commands/paged.ts';
import type { PageInput } from '../../src/core/page.ts';
import type { Block } from '../../src/core/reply.ts';
import { say, wordsOf } from '../../src/core/text.ts';

/** A server with so many rows, their numbers, that gives at most `most` of them at once. */
function serverOf(count: number, most = Number.POSITIVE_INFINITY) {
  const asked: [from: number, limit: number][] = [];
  return {
    asked,
    list: async (from: number, limit: number) => {
      asked.push([from, limit]);
      const rows = Array.from({ length: count }, (_, at) => at).slice(from, from + Math.min(limit, most));
      return { rows, total: count };
    },
  };
}

async function read(input: PageInput, listing: Partial<PagedListing<number>> & Pick<PagedListing<number>, 'list'>) {
  const { stream } = await paged<number>(input, {
    columns: [{ key: 'n', title: 'N' }],
    show: ['n'],
    cells: (n) => ({ n }),
    data: (n) => n,
    ...listing,
  });
  if (stream === undefined) throw new Error('no rows are to come');
  const rows: unknown[] = [];
  let largest = 0;
  for await (const batch of stream.batches) {
    largest = Math.max(largest, batch.length);
    rows.push(...batch.map(({ data }) => data));
  }
  return { rows, largest, ...stream.end(rows.length) };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
const words = (blocks: readonly Block[]) =>
  blocks.map((block) => (block.kind === 'paragraph' ? wordsOf(block.text) : block.kind));

describe('paged', () => {
  it('asks the server for one page, where it wants no more', async () => {
    const server = serverOf(1_234);
    const { rows, page } = await read({ limit: 100, page: 3 }, server);
    expect(rows).toEqual(numbers(200, 300));
    expect(page).toEqual({ from: 200, total: 1_234, more: true });
    expect(server.asked).toEqual([[200, 100]]);
  });

  it('reads a long page in parts, and no row beyond it', async () => {
    const server = serverOf(5_000);
    const { rows, page, largest } = await read({ limit: 1_200, from: 10 }, server);
    expect(rows).toEqual(numbers(10, 1_210));
    expect(page).toEqual({ from: 10, total: 5_000, more: true });
    expect(largest).toBeLessThanOrEqual(500);
    expect(server.asked.at(-1)).toEqual([1_010, 200]);
  });

  it('reads all of it with --all, and never more than a part at once', async () => {
    const { rows, page, largest } = await read({ all: true }, serverOf(2_345));
    expect(rows).toEqual(numbers(0, 2_345));
    expect(page).toEqual({ from: 0, total: 2_345, more: false });
    expect(largest).toBeLessThanOrEqual(500);
  });

  it('misses nothing where the server gives fewer rows than it is asked for', async () => {
    expect((await read({ all: true }, serverOf(1_001, 100))).rows).toEqual(numbers(0, 1_001));
    expect((await read({ limit: 150 }, serverOf(1_001, 100))).rows).toEqual(numbers(0, 150));
  });

  it('ends where a server’s total is more than it has', async () => {
    const { list } = serverOf(30);
    const boastful = async (from: number, limit: number) => ({ ...(await list(from, limit)), total: 1_000 });
    const { rows, page } = await read({ all: true }, { list: boastful });
    expect(rows).toHaveLength(30);
    expect(page).toMatchObject({ total: 30, more: false });
  });

  it('walks everything for a filter of its own, counts what it leaves, and shows the page', async () => {
    const keep = async (some: readonly number[]) => some.filter((n) => n % 3 === 0);
    const { rows, page } = await read({ limit: 10, page: 30 }, { ...serverOf(2_000), keep });
    expect(rows).toEqual(numbers(290, 300).map((n) => 3 * n));
    expect(page).toEqual({ from: 290, total: 667, more: true });
    const all = await read({ all: true }, { ...serverOf(2_000), keep });
    expect(all.rows).toHaveLength(667);
    expect(all.page).toMatchObject({ total: 667, more: false });
  });

  it('says what there is to say when the last row has come', async () => {
    let odd = 0;
    const keep = (some: readonly number[]) => some.filter((n) => n % 2 === 0 || ++odd < 0);
    const heading = (total: number) => say`${total} rows.`;
    const { above } = await read({ limit: 3 }, { ...serverOf(9), keep, heading, notes: () => [say`${odd} left out.`] });
    expect(words(above)).toEqual(['5 rows.', '4 left out.']);
    expect(above.map((block) => block.kind === 'paragraph' && block.besideData === true)).toEqual([false, true]);
  });

  it('refuses a page behind the end, also of what its own filter leaves', async () => {
    await expect(read({ page: 2 }, serverOf(100))).rejects.toThrow(
      'The list ends at 100; there is nothing from 101 on.',
    );
    const keep = (some: readonly number[]) => some.slice(0, 1);
    await expect(read({ from: 5 }, { ...serverOf(100), keep })).rejects.toThrow('The list ends at 1;');
    await expect(read({ page: 2 }, serverOf(0))).rejects.toThrow('The list is empty;');
    await expect(read({ all: true, page: 2 }, serverOf(5))).rejects.toThrow('--all');
  });

  it('has an answer of its own for an empty list', async () => {
    const none = say`Nobody.`;
    expect((await read({}, { ...serverOf(0), none })).none).toBe(none);
    expect((await read({}, { ...serverOf(1), none })).none).toBeUndefined();
  });
});
