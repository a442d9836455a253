import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import { fileFault } from './file-fault.ts';

/**
 * Writes a file whole: after a crash there is the old one or the new one. An old file's owner and mode are kept; a new
 * one gets its folder's owner where that can be set, and `mode`. Throws Problem where it cannot be written so.
 */
export function replaceFile(path: string, text: string, mode: number): void {
  const fresh = freshOf(path);
  try {
    const old = statSync(path, { throwIfNoEntry: false });
    const like = old ?? statSync(dirname(path));
    rmSync(fresh, { force: true });
    const file = openSync(fresh, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    giveTo(fresh, like, old !== undefined, path);
    chmodSync(fresh, old === undefined ? modeIn(like, mode) : old.mode & 0o7777);
    renameSync(fresh, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(fresh, { force: true });
    if (error instanceof Problem) throw error;
    throw new Problem('conflict', say`I cannot write ${code(path)}: ${fileFault(error).words}. Nothing was changed.`);
  }
}

const freshOf = (path: string) => join(dirname(path), `.${basename(path)}.new`);

/** Takes away what a write that was cut short has left. */
export function dropUnfinished(path: string): void {
  rmSync(freshOf(path), { force: true });
}

/** Puts a file in place of another, or takes it away; both survive a crash whole. */
export function moveFile(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(dirname(to));
}

/** A folder that hands its group on (setgid) is shared with that group: it may read what is new in it. */
const modeIn = (folder: Stats, mode: number) => ((folder.mode & 0o2000) === 0 ? mode : mode | 0o040);

function giveTo(path: string, { uid, gid }: Stats, must: boolean, named: string): void {
  const mine = statSync(path);
  if (mine.uid === uid && mine.gid === gid) return;
  try {
    chownSync(path, uid, gid);
  } catch {
    if (!must || mine.uid === uid) return;
    throw new Problem(
      'conflict',
      say`${code(named)} belongs to another user of the system (${uid}), and I could not keep it so. Nothing was changed.`,
      say`Give the file to the user that I run as.`,
    );
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
