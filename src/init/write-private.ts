import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Writes a file only its owner may read (0600); after a crash there is the old one or the new one, whole. */
export function writePrivate(path: string, text: string): void {
  const fresh = `${path}.new`;
  // A left-over may belong to somebody, or be open to others: 'wx' then makes a new one.
  rmSync(fresh, { force: true });
  const file = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}
