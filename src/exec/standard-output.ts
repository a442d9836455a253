import { once } from 'node:events';

let gone = false;

/** True once the reader of standard output has gone away. */
export const isUnread = (): boolean => gone;

/** Writes to standard output and waits where its reader is slow; to nobody once that one has gone away. */
export async function toStandardOutput(text: string): Promise<void> {
  if (gone || process.stdout.write(text)) return;
  await once(process.stdout, 'drain').catch((error) => {
    if (!gone) throw error;
  });
}

/**
 * Where the reader of a pipe goes away, what was begun is brought to its end, and the exit status tells of it. An output
 * that cannot be written otherwise (a full disk) ends the process with 1 and a line on standard error.
 */
export function outliveReaders(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    gone = true;
    if (error.code === 'EPIPE') return;
    process.stderr.write(
      `The output cannot be written: the system says ${error.code ?? error.name}. What was asked for may be done all the same.\n`,
    );
    process.exit(1);
  });
  process.stderr.on('error', () => undefined);
}
