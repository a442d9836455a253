import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Matrix } from '../../src/matrix/matrix.ts';
import { withWorkingSign } from '../../src/pipeline/working-sign.ts';

const asked: unknown[] = [];
const matrix = {
  userId: '@castellan:castellan.test',
  request: async (method: string, path: string, body: unknown) => {
    asked.push({ method, path, body });
    throw new Error('nothing may depend on this');
  },
} as unknown as Matrix;

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
});
afterEach(() => vi.useRealTimers());

const path = '/_matrix/client/v3/rooms/!room%3Acastellan.test/typing/%40castellan%3Acastellan.test';

test('a command that takes long shows the bot as typing until it ends', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = withWorkingSign(matrix, '!room:castellan.test', () => promise);
  await vi.advanceTimersByTimeAsync(4_999);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toEqual([{ method: 'PUT', path, body: { typing: true, timeout: 30_000 } }]);
  // The homeserver forgets the sign after 30 s, so it is given again before.
  await vi.advanceTimersByTimeAsync(25_000);
  expect(asked).toHaveLength(2);
  resolve('done');
  expect(await work).toBe('done');
  expect(asked.at(-1)).toEqual({ method: 'PUT', path, body: { typing: false } });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked).toHaveLength(3);
});

test('a quick command shows nothing', async () => {
  await withWorkingSign(matrix, '!room:castellan.test', async () => undefined);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
});
