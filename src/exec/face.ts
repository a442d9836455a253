import type { AnyCommand } from '../commands/define.ts';
import type { ReadCommand } from '../core/read-command.ts';
import type { Reply } from '../core/reply.ts';
import type { Format } from './format.ts';
import type { Face } from './run-line.ts';
import { show } from './show.ts';
import { toStandardOutput } from './standard-output.ts';

export interface FaceOptions {
  readonly format: (read: ReadCommand<AnyCommand>) => Format;
  readonly prefix: string;
  readonly ask: Face['ask'];
  readonly stopping: () => boolean;
}

/** Where the output is no terminal, nothing is known of its width, and nothing is cut. */
const widestTable = 10_000;
const barWidth = 24;

/** Answers go to standard output, everything else to standard error. */
export function createFace({ format, prefix, ask, stopping }: FaceOptions): Face {
  let barShown = false;
  const clearBar = () => {
    if (barShown) process.stderr.write('\r\u001b[K');
    barShown = false;
  };
  let lastLine = '';
  return {
    ask,
    stopping,
    async show(reply: Reply, read) {
      clearBar();
      const form = format(read);
      const failed = form === 'human' && reply.outcome !== 'done';
      const { page } = read.input;
      await show(reply, {
        format: form,
        prefix,
        width: process.stdout.isTTY ? process.stdout.columns : widestTable,
        line: read.line,
        page: typeof page === 'number' ? page : undefined,
        out: failed && noData(reply) ? toStandardError : toStandardOutput,
        aside: (line) => this.aside(line),
      });
    },
    aside(line) {
      clearBar();
      process.stderr.write(`${line}\n`);
    },
    progress({ id, counts }, ended, total) {
      const share = total === 0 ? 1 : ended / total;
      const failed = counts.failed === 0 ? '' : `, ${counts.failed} failed`;
      const words = `job ${id}: ${ended} of ${total}${failed}`;
      if (process.stderr.isTTY) {
        const full = Math.round(share * barWidth);
        process.stderr.write(`\r\u001b[K[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}] ${words}`);
        barShown = true;
        return;
      }
      // A line for every tenth, so that a log stays short.
      const line = `job ${id}: ${Math.floor(share * 10) * 10} %`;
      if (line !== lastLine) process.stderr.write(`${words}\n`);
      lastLine = line;
    },
  };
}

/** An answer that only says what went wrong. */
function noData({ blocks, data }: Reply): boolean {
  return (
    blocks.every(({ kind }) => kind === 'paragraph') && typeof data === 'object' && data !== null && 'error' in data
  );
}

async function toStandardError(text: string): Promise<void> {
  process.stderr.write(text);
}
