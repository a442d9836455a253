import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Rows of the bot's store, read while it runs or after. */
export function fromStore(dataDir: string, sql: string, ...parameters: unknown[]): Record<string, unknown>[] {
  const db = new Database(join(dataDir, 'castellan.db'), { readonly: true });
  try {
    return db.prepare<unknown[], Record<string, unknown>>(sql).all(...parameters);
  } finally {
    db.close();
  }
}

/** Changes the store of a bot that is down. */
export function changeStore(dataDir: string, sql: string, ...parameters: unknown[]): void {
  const db = new Database(join(dataDir, 'castellan.db'));
  try {
    db.prepare(sql).run(...parameters);
  } finally {
    db.close();
  }
}

/** Names of the files below a folder in which any of these words stands, as they are on the disk now. */
export function filesWith(folder: string, words: readonly string[]): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    if (words.some((word) => bytes.includes(word))) found.push(path);
  }
  return found;
}
