import { spawn } from 'node:child_process';
import { fileFault } from './file-fault.ts';

/** How a command of the operator ended. */
export interface HookEnd {
  readonly ok: boolean;
  /** "it ended with status 1", "it was not done after 60 s" */
  readonly how: string;
  /** The end of what it printed, as it came: to be masked before anybody sees it. */
  readonly output: string;
}

/** So much of what a command prints is kept. */
const keptBytes = 8_000;
/** So long what it printed is waited for after its end. */
const lastWordsMs = 500;
/** What it is given to end in order, before it is killed. */
const graceMs = 3_000;

/** Nothing of the bot's own environment, which may hold its token, goes to a command. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'USER', 'LOGNAME', 'XDG_RUNTIME_DIR', 'DOCKER_HOST'];

/**
 * Runs a command without a shell, in a process group of its own, so that it outlives a stop of the bot and can be ended
 * with all that it started. Never rejects.
 */
export function runHook(
  argv: readonly string[],
  { timeoutMs, begun }: { readonly timeoutMs: number; readonly begun?: (() => void) | undefined },
): Promise<HookEnd> {
  const [program = '', ...args] = argv;
  return new Promise((resolve) => {
    let output = Buffer.alloc(0);
    let late = false;
    const env = Object.fromEntries(
      passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    );
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const take = (chunk: Buffer) => {
      output = Buffer.concat([output, chunk]).subarray(-keptBytes);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    let killing: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      late = true;
      end('SIGTERM');
      killing = setTimeout(end, graceMs, 'SIGKILL');
    }, timeoutMs);
    const finish = (ok: boolean, how: string) => {
      clearTimeout(timer);
      clearTimeout(killing);
      // Whatever it left running may hold these open for ever.
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      resolve({ ok, how, output: output.toString('utf8') });
    };
    const end = (signal: NodeJS.Signals) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    };
    child.once('spawn', () => begun?.());
    child.once('error', (error) => finish(false, `it cannot be run: ${fileFault(error).words}`));
    child.once('exit', (status, signal) => {
      const ended = () => {
        if (late) finish(false, `it was not done after ${timeoutMs / 1_000} s, and was ended`);
        else if (status === 0) finish(true, 'it ended well');
        else finish(false, signal === null ? `it ended with status ${status}` : `it was ended by ${signal}`);
      };
      // What it printed last is still on its way; what it left running may never close its end.
      const waiting = setTimeout(ended, lastWordsMs);
      child.once('close', () => {
        clearTimeout(waiting);
        ended();
      });
    });
  });
}
