import { chmodSync, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import { migrate } from './migrate.ts';
import { privateFile } from './private-file.ts';
import { storageProblem } from './storage-problem.ts';

/** How to open a store; `clock` gives epoch ms. */
export interface StoreOptions {
  readonly clock: () => number;
  /** Reads only; every write throws Problem `unavailable`. */
  readonly readonly?: boolean;
}

/** What the parts of the store share. */
export interface Connection {
  readonly db: Database.Database;
  readonly clock: () => number;
  /** Makes one immediate transaction of a function; inside another one it is a part of that. Throws Problem `unavailable` where the file cannot be written. */
  readonly write: <A extends unknown[], R>(work: (...args: A) => R) => (...args: A) => R;
}

/** Opens the file, private and migrated, with every setting that durability rests on. */
export function connect(path: string, options: StoreOptions): Connection {
  const db = open(path, options.readonly ?? false);
  return {
    db,
    clock: options.clock,
    write: (work) => {
      const transaction = db.transaction(work);
      return (...args) => {
        try {
          return transaction.immediate(...args);
        } catch (error) {
          throw storageProblem(error);
        }
      };
    },
  };
}

function open(path: string, readonly: boolean): Database.Database {
  if (readonly) {
    if (!existsSync(path)) throw new Problem('not-found', say`There is no database ${code(path)}.`);
  } else {
    privateFile(path);
    // SQLite gives these the file's mode when it makes them, so this is for those that are there.
    for (const side of [`${path}-wal`, `${path}-shm`]) if (existsSync(side)) chmodSync(side, 0o600);
  }
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly, fileMustExist: true, timeout: 5_000 });
    migrate(db, path);
    if (!readonly) db.pragma('journal_mode = WAL');
    // better-sqlite3 builds SQLite with NORMAL for WAL, which may lose the last transactions when the power fails.
    db.pragma('synchronous = FULL');
    db.pragma('secure_delete = ON');
    db.pragma('foreign_keys = ON');
    return db;
  } catch (error) {
    db?.close();
    throw storageProblem(error);
  }
}
