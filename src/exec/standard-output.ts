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

/** What was begun is brought to its end, and the exit status tells of it; there is nobody left for the words. */
export function outliveReaders(): void {
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  };
  process.stdout.on('error', (error) => {
    onError(error);
    gone = true;
  });
  process.stderr.on('error', onError);
}
