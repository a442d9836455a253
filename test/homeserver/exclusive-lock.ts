import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';

/**
 * Runs `work` while no other process holds the lock of that file. The lock is SQLite's, so the system frees it even when
 * its holder is killed. `waiting` is called once when another process has it.
 */
export async function withExclusiveLock<T>(file: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const lock = new Database(file, { timeout: 0 });
  try {
    for (let told = false; !tryLock(lock); told = true) {
      if (!told) waiting();
      await sleep(250);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function tryLock(lock: Database.Database): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return false;
    throw error;
  }
}
