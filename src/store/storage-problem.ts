import { SqliteError } from 'better-sqlite3';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';

const cannotWrite = /^SQLITE_(FULL|READONLY|IOERR|CANTOPEN|BUSY|PERM|NOLFS)/;
const damaged = /^SQLITE_(CORRUPT|NOTADB)/;

/** The store cannot be written or read; nothing was written. */
export class StorageProblem extends Problem {}

/** What a person can act on in a failure of SQLite, as a Problem; any other error as it is. */
export function storageProblem(error: unknown): unknown {
  if (!(error instanceof SqliteError)) return error;
  if (cannotWrite.test(error.code)) {
    return new StorageProblem(
      'unavailable',
      say`The bot's database cannot be written (${code(error.code)}), so nothing is done.`,
      say`Look for a full disk, a read-only file system or wrong owners in the bot's data folder.`,
    );
  }
  if (damaged.test(error.code)) {
    return new StorageProblem(
      'unavailable',
      say`The bot's database is damaged or is no database (${code(error.code)}), so nothing is done.`,
      say`Stop the bot and put back a backup of its data folder.`,
    );
  }
  return error;
}
