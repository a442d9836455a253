import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** Hundreds of starts read the same sources: each is half a second shorter when they are compiled already. */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/castellan-compiled', import.meta.url));

/** The real program in a process of its own. */
export interface BotProcess {
  readonly pid: number;
  /** Everything it wrote, standard output and error together. */
  output(): string;
  /** Resolves when a line of its output matches; rejects when the process ends first. */
  said(pattern: RegExp): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
  readonly exited: Promise<number | null>;
}

export interface BotProcessOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** The program; the sources' by default. */
  readonly main?: string;
  /** Arguments of Node itself, before the program. */
  readonly nodeArguments?: readonly string[];
  /** Do not wait for "ready". */
  readonly unready?: boolean;
}

/** Starts `castellan run` and waits until it is ready. */
export async function startBotProcess(config: string, options: BotProcessOptions = {}): Promise<BotProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    [...(options.nodeArguments ?? []), options.main ?? main, 'run', '--config', config],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { NODE_COMPILE_CACHE: compiled, ...process.env, ...options.env } },
  );
  let output = '';
  const watchers = new Set<() => void>();
  const onData = (chunk: Buffer) => {
    output += chunk.toString();
    for (const look of watchers) look();
  };
  child.stdout?.on('data', onData);
  child.stderr?.on('data', onData);
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const reap = () => child.kill('SIGKILL');
  process.once('exit', reap);
  void exited.then(() => process.off('exit', reap));

  const bot: BotProcess = {
    pid: child.pid ?? 0,
    output: () => output,
    exited,
    said(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(output)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        void exited.then((code) => {
          if (pattern.test(output)) resolve();
          else reject(new Error(`the bot ended with ${code} before it said ${pattern}:\n${output}`));
        });
        look();
      });
    },
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
  if (options.unready !== true) await bot.said(/"msg":"ready"/);
  return bot;
}
