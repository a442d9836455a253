import { join } from 'node:path';

/** The store's file in the data folder. */
export function storePath(dataDir: string): string {
  return join(dataDir, 'castellan.db');
}
