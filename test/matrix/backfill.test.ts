import { describe, expect, test } from 'vitest';
import { missedEvents } from '../../src/matrix/backfill.ts';

/** Pages by their `from`. */
function pages(answers: Record<string, unknown>) {
  const asked: Record<string, string | number>[] = [];
  const read = (query: Record<string, string | number>) => {
    asked.push(query);
    return Promise.resolve(answers[String(query.from)]);
  };
  return { asked, read };
}

describe('what a limited timeline left out', () => {
  test('is read page by page, also past an empty one, and comes oldest first', async () => {
    const { asked, read } = pages({
      p3: { chunk: ['e6', 'e5'], end: 'p2' },
      p2: { chunk: [], end: 'p1' },
      p1: { chunk: ['e4', 'e3'], end: 'p0' },
      p0: { chunk: ['e2'] },
    });
    expect(await missedEvents(read, 'p3', 's9')).toEqual(['e2', 'e3', 'e4', 'e5', 'e6']);
    expect(asked.map(({ dir, to }) => [dir, to])).toEqual(Array(4).fill(['b', 's9']));
  });

  test('ends where the server would give the same page again', async () => {
    const { read } = pages({ p1: { chunk: ['e1'], end: 'p1' } });
    expect(await missedEvents(read, 'p1', 's9')).toEqual(['e1']);
  });

  test('is an error where a page cannot be read, so that nothing is left out in silence', async () => {
    const { read } = pages({ p1: { chunk: ['e1'], end: 'p0' }, p0: {} });
    await expect(missedEvents(read, 'p1', 's9')).rejects.toThrow();
  });
});
