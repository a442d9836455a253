import type { Database } from 'better-sqlite3';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import { holdsLock, takeLock } from './lock.ts';
import { migrations } from './migrations.ts';

/**
 * Brings the database to the schema of this version. Only the holder of the store's lock may: where this process does not hold it, it is taken
 * for the while. Throws a Problem, with nothing changed, for a newer schema and where another process holds the lock.
 */
export function migrate(db: Database, path: string, steps: readonly string[] = migrations): void {
  const version = versionOf(db);
  if (version > steps.length) {
    throw new Problem(
      'conflict',
      say`The database ${code(path)} was written by a newer version of Castellan (schema ${version}; this one knows ${steps.length}).`,
      say`Start the newer version again, or put back a backup of the data folder from before the upgrade.`,
    );
  }
  if (version === steps.length) return;
  if (db.readonly) throw outdated(path);
  const lock = holdsLock(path) ? undefined : takeLock(path);
  if (lock === undefined && !holdsLock(path)) throw outdated(path);
  try {
    const step = db.transaction((sql: string, to: number) => {
      if (versionOf(db) >= to) return;
      db.exec(sql);
      db.pragma(`user_version = ${to}`);
    });
    steps.forEach((sql, at) => {
      step.immediate(sql, at + 1);
    });
  } finally {
    lock?.release();
  }
}

function versionOf(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function outdated(path: string): Problem {
  return new Problem(
    'unavailable',
    say`The database ${code(path)} is not of this version yet.`,
    say`Stop every Castellan that runs on it and start the bot of this version once.`,
  );
}
