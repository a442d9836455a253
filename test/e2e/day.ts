import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { hours: { type: 'string', default: '24' } } });
const hours = Number(values.hours);
if (!(hours >= 1 && hours <= 1_000)) {
  process.stderr.write('--hours takes a number from 1 to 1,000.\n');
  process.exit(2);
}
const { status } = spawnSync('vitest', ['run', 'test/e2e/day.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, CASTELLAN_HOURS: String(hours) },
});
process.exit(status ?? 1);
