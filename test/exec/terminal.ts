import { spawn } from '@lydell/node-pty';

const main = new URL('../../src/main.ts', import.meta.url).pathname;

/** The program on a pseudo-terminal, with a person who types. */
export interface Terminal {
  /** Everything on the screen so far, colours and movements of the cursor taken out. */
  screen(): string;
  type(text: string): void;
  /** Resolves when what came since the last `type` matches. */
  shows(pattern: RegExp): Promise<string>;
  readonly ended: Promise<number>;
  kill(): void;
}

const sequences = /\u001b(\[[0-9;?]*[A-Za-z]|[=>]|\][^\u0007]*\u0007)/g;

export function openTerminal(argv: readonly string[], cwd: string, columns = 100): Terminal {
  const child = spawn(process.execPath, [main, ...argv], { cols: columns, rows: 40, cwd, env: process.env });
  let raw = '';
  let seen = 0;
  const watchers = new Set<() => void>();
  const clean = () => raw.replace(sequences, '');
  child.onData((data) => {
    raw += data;
    for (const look of watchers) look();
  });
  const ended = new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)));
  return {
    screen: clean,
    type(text) {
      seen = clean().length;
      child.write(text);
    },
    shows(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = clean().slice(seen);
          if (!pattern.test(found)) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        void ended.then((code) => {
          look();
          reject(new Error(`the program ended with ${code} before it showed ${pattern}:\n${clean()}`));
        });
        look();
      });
    },
    ended,
    kill: () => child.kill('SIGKILL'),
  };
}
