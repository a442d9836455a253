import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { once } from '../../core/once.ts';
import { dropUnfinished, moveFile, replaceFile } from './replace-file.ts';

/** Small named values that outlive the process; nothing secret is given to it. */
export interface Kept {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  delete(name: string): void;
}

const entrySchema = once(() =>
  z.object({
    path: z.string(),
    /** Beside the file, since it may hold what must not stand in the bot's store; null: there was none. */
    before: z.string().nullable(),
    /** Hash of what was written; null: the file was taken away, and lies at `before`. */
    written: z.string().nullable(),
    /** "enable_registration in /etc/…", for people. */
    what: z.string(),
    source: z.string(),
  }),
);
type Entry = z.infer<ReturnType<typeof entrySchema>>;

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export const fileHash = (path: string): string | undefined =>
  existsSync(path) ? hashOf(readFileSync(path, 'utf8')) : undefined;

/** What was changed in the operator's files and not yet seen to work, with the way back. */
export interface UndoJournal {
  /** Writes a file whose old content can be put back; the way back is kept before. */
  write(path: string, text: string, mode: number, about: { readonly what: string; readonly source: string }): void;
  /** Takes a file away, to `aside`. */
  putAside(path: string, aside: string, about: { readonly what: string; readonly source: string }): void;
  what(): readonly string[];
  /** Puts everything back, or what was done for one event; says what, and leaves what somebody else has changed since. */
  undo(source?: string): readonly string[];
  /** The changes work: there is no way back from them any more. */
  clear(): void;
}

const name = 'host journal';

export function createUndoJournal(kept: Kept): UndoJournal {
  const read = (): Entry[] => z.array(entrySchema()).parse(JSON.parse(kept.get(name) ?? '[]'));
  const save = (entries: readonly Entry[]) =>
    entries.length === 0 ? kept.delete(name) : kept.set(name, JSON.stringify(entries));

  function undoOne(entry: Entry): string | undefined {
    const { path, before, written, what } = entry;
    const now = fileHash(path);
    if (written === null) {
      if (before === null || !existsSync(before) || now !== undefined) return undefined;
      moveFile(before, path);
      return what;
    }
    dropUnfinished(path);
    // Cut short before it was written, or changed by somebody else since.
    if (now !== written) return undefined;
    if (before === null) rmSync(path, { force: true });
    else replaceFile(path, readFileSync(before, 'utf8'), 0o600);
    return what;
  }

  const forget = ({ before, written }: Entry) => {
    if (before !== null && written !== null) rmSync(before, { force: true });
  };

  return {
    write(path, text, mode, about) {
      const entries = read();
      let before: string | null = null;
      if (existsSync(path)) {
        before = join(dirname(path), `.${basename(path)}.before-${entries.length}`);
        rmSync(before, { force: true });
        copyFileSync(path, before);
      }
      save([...entries, { path, before, written: hashOf(text), ...about }]);
      replaceFile(path, text, mode);
    },

    putAside(path, aside, about) {
      save([...read(), { path, before: aside, written: null, ...about }]);
      moveFile(path, aside);
    },

    what: () => read().map((entry) => entry.what),

    undo(source) {
      const entries = read();
      const chosen = entries.filter((entry) => source === undefined || entry.source === source);
      const undone: string[] = [];
      for (const entry of chosen.toReversed()) {
        const what = undoOne(entry);
        if (what !== undefined) undone.push(what);
      }
      save(entries.filter((entry) => !chosen.includes(entry)));
      for (const entry of chosen) forget(entry);
      return undone;
    },

    clear() {
      const entries = read();
      save([]);
      for (const entry of entries) forget(entry);
    },
  };
}
