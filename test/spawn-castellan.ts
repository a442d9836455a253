import { spawn } from 'node:child_process';
import { once } from 'node:events';

const main = new URL('../src/main.ts', import.meta.url).pathname;

/** How a process ended, and all it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Castellan {
  /** What it has written to standard output so far. */
  stdout(): string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export interface SpawnOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
}

/** Starts the real command line, without the secrets of the environment; fails when it ever shows a stack. */
export function spawnCastellan(argv: readonly string[], options: SpawnOptions): Castellan {
  const { CASTELLAN_ACCESS_TOKEN: _token, CASTELLAN_REGISTRATION_SHARED_SECRET: _secret, ...env } = process.env;
  const child = spawn(process.execPath, [main, ...argv], { cwd: options.cwd, env: { ...env, ...options.env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // One that ends before it has read everything is no fault.
  child.stdin.on('error', () => undefined).end(options.stdin ?? '');
  const ended = once(child, 'close').then(([code]) => {
    if (/^\s+at /m.test(stderr)) throw new Error(`the process showed a stack:\n${stderr}`);
    return { code: code as number | null, stdout, stderr };
  });
  return {
    stdout: () => stdout,
    kill: (signal) => {
      child.kill(signal);
    },
    ended,
  };
}
