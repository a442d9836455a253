import { createInterface, type Interface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';

export interface LineReaderOptions {
  /** Newest first. */
  readonly history: readonly string[];
  readonly complete: (line: string) => Promise<[string[], string]>;
  /** Ctrl-C while no line is waited for. */
  readonly interrupted: () => void;
}

/** Lines from a terminal, with history and completion; pasted lines wait until they are asked for. */
export interface LineReader {
  /** Undefined at the end of input. */
  next(prompt: string): Promise<string | undefined>;
  /** The line that was pasted behind the last one, without taking it. */
  peek(): Promise<string | undefined>;
  /** Lets somebody else read the terminal for a while. */
  aside<T>(task: () => Promise<T>): Promise<T>;
  /** What of the history is to be kept. */
  forget(line: string): void;
  history(): readonly string[];
  close(): void;
}

const mostHistory = 500;

export function createLineReader(options: LineReaderOptions): LineReader {
  let history = [...options.history];
  const waiting: string[] = [];
  let wanted: ((line: string | undefined) => void) | undefined;
  let ended = false;
  let lines = open();

  function open(): Interface {
    const made = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: process.stdin.isTTY === true,
      history: [...history],
      historySize: mostHistory,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        void options.complete(line).then((result) => done(null, result));
      },
    });
    made.on('history', (now: string[]) => {
      history = now;
    });
    made.on('line', (line) => {
      const take = wanted;
      wanted = undefined;
      if (take === undefined) waiting.push(line);
      else take(line);
    });
    made.on('SIGINT', () => {
      if (wanted === undefined) return options.interrupted();
      // As a shell does: the line is dropped, and a new one begins.
      process.stdout.write('^C\n');
      made.write(null, { ctrl: true, name: 'e' });
      made.write(null, { ctrl: true, name: 'u' });
      const take = wanted;
      wanted = undefined;
      take('');
    });
    made.on('close', () => {
      if (made !== lines) return;
      ended = true;
      wanted?.(undefined);
    });
    return made;
  }

  return {
    async next(prompt) {
      const pasted = waiting.shift();
      if (pasted !== undefined) return pasted;
      if (ended) return undefined;
      lines.setPrompt(prompt);
      lines.prompt();
      return new Promise((resolve) => {
        wanted = resolve;
      });
    },
    async peek() {
      // What was pasted in one go has been taken apart by then.
      await setImmediate();
      return waiting[0];
    },
    async aside(task) {
      const before = lines;
      lines = undefined as unknown as Interface;
      before.close();
      try {
        return await task();
      } finally {
        lines = open();
      }
    },
    forget(line) {
      history = history.filter((one) => one !== line);
      const internal = lines as Interface & { history?: string[] };
      if (internal.history !== undefined) internal.history = [...history];
    },
    history: () => history,
    close() {
      lines.close();
    },
  };
}
