import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Asks or changes the bot's store from outside; for changes the bot must be down. Returns rows, if any. */
export function inStore(dataDir: string, sql: string, ...parameters: unknown[]): Record<string, unknown>[] {
  const db = new Database(join(dataDir, 'castellan.db'));
  try {
    const statement = db.prepare<unknown[], Record<string, unknown>>(sql);
    if (statement.reader) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
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
