import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Problem } from '../../src/core/problem.ts';
import { say } from '../../src/core/text.ts';
import { NoAnswer } from '../../src/http.ts';
import type { Log } from '../../src/log.ts';
import { untilAnswered } from '../../src/pipeline/until-answered.ts';

const warned: string[] = [];
const log = { warn: (_: unknown, msg: string) => warned.push(msg) } as unknown as Log;

beforeEach(() => {
  warned.length = 0;
});
afterEach(() => vi.useRealTimers());

test('a start in the middle of an outage waits for its end', async () => {
  vi.useFakeTimers();
  let tries = 0;
  const asked = untilAnswered(log, async () => {
    tries++;
    if (tries === 1) throw new NoAnswer('refused', false);
    if (tries === 2) throw new Problem('unavailable', say`The homeserver is away.`);
    return 'here';
  });
  await vi.runAllTimersAsync();
  expect(await asked).toBe('here');
  expect(warned).toHaveLength(2);
});

test('what is no outage ends the start', async () => {
  const refused = new Problem('forbidden', say`The bot is no server admin.`);
  await expect(untilAnswered(log, () => Promise.reject(refused))).rejects.toBe(refused);
});
