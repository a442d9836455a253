import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtMain, openBenchLab } from '../bench-lab.ts';
import { type Line, median } from '../line.ts';
import { residentMiB } from '../timed.ts';

/** Node with matrix-bot-sdk and nothing else, loaded as its own documentation says; the native module stands empty. */
const sdkAlone = `
  const Module = require('node:module');
  const requireOfSdk = Module.createRequire(require.resolve('matrix-bot-sdk'));
  const path = requireOfSdk.resolve('@matrix-org/matrix-sdk-crypto-nodejs');
  try { requireOfSdk(path); } catch { (requireOfSdk.cache[path] = new Module(path)).loaded = true; }
  process.noDeprecation = true;
  require('matrix-bot-sdk');
  process.stdout.write('ready');
  setInterval(() => undefined, 60_000);`;
const starts = 15;

/** Starts a process, and gives the milliseconds until its output matches. */
async function untilSaid(argv: readonly string[], pattern: RegExp): Promise<readonly [number, ChildProcess]> {
  const since = performance.now();
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const [chunk] of each(child)) {
    output += chunk;
    if (pattern.test(output)) return [performance.now() - since, child];
  }
  throw new Error(`it ended before it said ${pattern}:\n${output}`);
}

async function* each(child: ChildProcess): AsyncGenerator<readonly [string]> {
  if (child.stdout === null) return;
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) yield [String(chunk)];
}

async function end(child: ChildProcess): Promise<void> {
  // The output that is still to come would hold it up.
  child.stdout?.resume();
  child.kill('SIGTERM');
  await once(child, 'close');
}

/** A start until commands are taken, and memory at rest, beside Node with the SDK alone. */
export async function start(): Promise<readonly Line[]> {
  const lab = await openBenchLab('start');
  const config = lab.room.configFile;
  await lab.room.bot().stop();
  const run = [builtMain, 'run', '--config', config];
  const took = { castellan: [] as number[], sdk: [] as number[] };
  const held = { castellan: [] as number[], sdk: [] as number[] };
  try {
    for (let n = -2; n < starts; n++) {
      for (const [name, argv, pattern] of [
        ['castellan', run, /"msg":"ready"/],
        ['sdk', ['-e', sdkAlone], /ready/],
      ] as const) {
        const [ms, child] = await untilSaid(argv, pattern);
        if (n >= 0) took[name].push(ms);
        if (n >= 0 && n < 3) {
          // What is only needed at the start has been given back by then.
          await new Promise((resolve) => setTimeout(resolve, 5_000));
          held[name].push(residentMiB(child.pid ?? 0));
        }
        await end(child);
      }
    }
    return [
      {
        measure: 'process start to ready, warm',
        against: 'node and the import of matrix-bot-sdk',
        castellan: median(took.castellan),
        other: median(took.sdk),
        unit: 'ms',
        asked: { kind: 'ratio at most', value: 1.3 },
      },
      {
        measure: 'resident memory, idle',
        against: 'node and matrix-bot-sdk, idle',
        castellan: median(held.castellan),
        other: median(held.sdk),
        unit: 'MiB',
        asked: { kind: 'more at most', value: 15 },
      },
    ];
  } finally {
    await lab.close();
  }
}
