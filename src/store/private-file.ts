import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';

/** Makes sure that the file is there and for its owner only (0600), its folder made 0700 where there was none. */
export function privateFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    create(path);
    chmodSync(path, 0o600);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Problem(
      'unavailable',
      say`The file ${code(path)} cannot be made or kept private (${error.code}).`,
      say`The data folder must belong to the user the bot runs as.`,
    );
  }
}

/** Never opens a file that exists: closing it again would drop the locks SQLite holds on it in this process (POSIX). */
function create(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(isSystemError(error) && error.code === 'EEXIST')) throw error;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
