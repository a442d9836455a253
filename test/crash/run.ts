import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { count: { type: 'string', default: '1000' } } });
const count = Number(values.count);
if (!Number.isSafeInteger(count) || count < 1) {
  process.stderr.write('--count takes a number from 1.\n');
  process.exit(2);
}
const { status } = spawnSync('vitest', ['run', 'test/crash/crash.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, CASTELLAN_CRASHES: String(count) },
});
process.exit(status ?? 1);
