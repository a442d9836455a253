import { once } from 'node:events';

/** Writes to standard output and waits where its reader is slow. A reader that has gone away ends the process quietly. */
export async function toStandardOutput(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** What was asked for is done or not all the same; there is nobody left to tell. `exitCode`: of what had been done by then. */
export function endOnClosedPipe(exitCode: () => number): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(exitCode());
      throw error;
    });
  }
}
