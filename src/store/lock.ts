import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { privateFile } from './private-file.ts';
import { storageProblem } from './storage-problem.ts';

/** The right to run jobs on a store and to migrate it; one process has it at a time. */
export interface Lock {
  release(): void;
}

/** What this process holds, by store; also keeps the connections from being collected, which would free the locks. */
const held = new Map<string, Database.Database>();

/**
 * The lock of the store at `storePath`, or `undefined` where it is taken; never waits. It is a second SQLite file, `<storePath>-lock`, held in
 * an exclusive transaction, so that the system frees it however the process ends.
 */
export function takeLock(storePath: string): Lock | undefined {
  const key = resolve(storePath);
  const path = `${key}-lock`;
  privateFile(path);
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw storageProblem(error);
  }
  const connection = db;
  held.set(key, connection);
  return {
    release() {
      if (!connection.open) return;
      held.delete(key);
      connection.close();
    },
  };
}

/** Whether this very process holds the lock of the store at `storePath`. */
export function holdsLock(storePath: string): boolean {
  return held.has(resolve(storePath));
}
