import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A script of this folder in a process of its own, and the lines it has printed so far. */
export interface Running {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  /** Resolves once there are that many lines; rejects where the process ends before. */
  printed(count: number): Promise<void>;
  /** Kills it (−9) where it runs and resolves once it is gone and all its lines are read. */
  kill(): Promise<void>;
  /** Resolves with the exit code. */
  ended(): Promise<number | null>;
}

/** Starts a script; it does not outlive the test. */
export function start(script: string, ...args: string[]): Running {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const closed = once(child, 'close');
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    child.emit('lines');
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  onTestFinished(kill);
  return {
    process: child,
    lines,
    async printed(count) {
      while (lines.length < count) {
        await Promise.race([
          once(child, 'lines'),
          closed.then(() => {
            if (lines.length < count) throw new Error(`${script} ended early`);
          }),
        ]);
      }
    },
    kill,
    async ended() {
      await closed;
      return child.exitCode;
    },
  };
}
