import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withExclusiveLock } from './exclusive-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the second comer is told that it waits, and runs only after the first is done', async () => {
  const file = join(folder, 'two.lock');
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  const one = withExclusiveLock(file, told.resolve, async () => {
    await first.promise;
    order.push('first');
  });
  const two = withExclusiveLock(file, told.resolve, async () => order.push('second'));
  await told.promise;
  first.resolve();
  await Promise.all([one, two]);
  expect(order).toEqual(['first', 'second']);
});

test('a lock whose work failed is free again', async () => {
  const file = join(folder, 'failed.lock');
  const fail = () => Promise.reject(new Error('the work failed'));
  await expect(withExclusiveLock(file, () => undefined, fail)).rejects.toThrow('the work failed');
  expect(
    await withExclusiveLock(
      file,
      () => undefined,
      async () => 'free',
    ),
  ).toBe('free');
});

test('a lock whose holder was killed is free again', async () => {
  const file = join(folder, 'killed.lock');
  const module = JSON.stringify(new URL('./exclusive-lock.ts', import.meta.url).href);
  const script = `const { withExclusiveLock } = await import(${module});
    await withExclusiveLock(${JSON.stringify(file)}, () => {}, async () => {
      console.log('held'); await new Promise((resolve) => setTimeout(resolve, 1e6));
    });`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const waiting = Promise.withResolvers<void>();
  const free = withExclusiveLock(file, waiting.resolve, async () => 'free');
  await waiting.promise;
  holder.kill('SIGKILL');
  expect(await free).toBe('free');
});
