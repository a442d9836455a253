import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { privateFile } from './private-file.ts';
import { storageProblem } from './storage-problem.ts';

const kept = 5;
const nameOf = (at: number) => `castellan-${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}.db`;

/** Copies the store as it is at one moment into `backups` beside it (0600), and removes all but the newest copies. */
export async function backUp(
  db: Database.Database,
  at: number,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const folder = join(dirname(db.name), 'backups');
  const path = join(folder, nameOf(at));
  const fresh = `${path}.new`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    rmSync(fresh, { force: true });
    privateFile(fresh);
    await db.backup(fresh);
    const file = openSync(fresh, 'r');
    fsyncSync(file);
    closeSync(file);
    renameSync(fresh, path);
    const copies = readdirSync(folder)
      .filter((name) => /^castellan-.*\.db$/.test(name))
      .sort();
    for (const old of copies.slice(0, -kept)) rmSync(join(folder, old), { force: true });
    return { path, bytes: statSync(path).size };
  } catch (error) {
    rmSync(fresh, { force: true });
    throw storageProblem(error);
  }
}
