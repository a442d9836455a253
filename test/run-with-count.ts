import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** `node test/run-with-count.ts FILE [--count N]`: the long run of a test file that reads CASTELLAN_COUNT. */
const { values, positionals } = parseArgs({ options: { count: { type: 'string' } }, allowPositionals: true });
const [file = '', usual = ''] = positionals;
const count = Number(values.count ?? usual);
if (file === '' || !Number.isSafeInteger(count) || count < 1) {
  process.stderr.write('It takes a test file, the usual count, and --count with a number from 1.\n');
  process.exit(2);
}
const { status } = spawnSync('vitest', ['run', file], {
  stdio: 'inherit',
  env: { ...process.env, CASTELLAN_COUNT: String(count) },
});
process.exit(status ?? 1);
