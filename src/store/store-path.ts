import { join } from 'node:path';

/** The store's file in the data folder. */
export function storePath(dataDir: string): string {
  return join(dataDir, 'castellan.db');
}

/** The folder of what is too long to be held while it is written out. */
export function spoolFolder(dataDir: string): string {
  return join(dataDir, 'spool');
}
