import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listingWriter } from '../core/listing-writer.ts';
import type { Output } from '../core/output.ts';
import { Problem } from '../core/problem.ts';
import { mostUnits } from '../core/render.ts';
import { type Block, paragraph, type Reply, type Stream, type StreamedRow, type Whole } from '../core/reply.ts';
import { code, say } from '../core/text.ts';

/** A reply whose rows have come. */
export interface Spooled {
  readonly reply: Reply;
  /** Removes the file that it needed. */
  remove(): Promise<void>;
}

/** Holds what is on its way into a file. */
export interface Spool {
  /** Lets the rows of a reply come, and holds no more of them than a message can show. Throws what they throw. */
  take(reply: Reply, output: Output): Promise<Spooled>;
}

const nothing = async () => undefined;

/** Keeps its files, for their owner only, in that folder, which a bot that was killed may have left full. */
export function createSpool(folder: string): Spool {
  rmSync(folder, { recursive: true, force: true });

  async function take(reply: Reply, output: Output): Promise<Spooled> {
    const { stream, ...rest } = reply;
    if (stream === undefined) return { reply, remove: nothing };
    const held: StreamedRow[] = [];
    let writing: Writing | undefined;
    let shown = 0;
    try {
      for await (const batch of stream.batches) {
        shown += batch.length;
        if (writing === undefined && shown > mostUnits) {
          writing = await begin(folder, output, stream);
          await writing.add(held);
        }
        if (writing !== undefined) await writing.add(batch);
        held.push(...batch.slice(0, mostUnits - held.length));
      }
      const { page, above, none } = stream.end(shown);
      if (shown === 0 && none !== undefined) {
        return { reply: { ...rest, data: [], blocks: [paragraph(none), ...rest.blocks] }, remove: nothing };
      }
      const whole = await writing?.end(shown);
      const { columns, show, bare } = stream;
      const listing: Block = {
        kind: 'listing',
        listing: {
          columns,
          show,
          rows: held.map(({ cells }) => cells),
          ...(whole === undefined ? { data: held.map(({ data }) => data) } : { whole }),
          ...(bare === undefined ? {} : { bare }),
          page,
        },
      };
      return {
        reply: { ...rest, blocks: [...above, listing, ...rest.blocks] },
        remove: async () => writing?.remove(),
      };
    } catch (error) {
      await writing?.remove();
      throw error;
    }
  }

  return { take };
}

interface Writing {
  add(batch: readonly StreamedRow[]): Promise<void>;
  end(rows: number): Promise<Whole>;
  /** Never throws: what stays is removed at the next start. */
  remove(): Promise<void>;
}

async function begin(folder: string, output: Output, shape: Stream): Promise<Writing> {
  const writer = listingWriter(output, shape);
  const path = join(folder, randomUUID());
  const file = await onDisk(async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return open(path, 'wx', 0o600);
  });
  let unwritten = writer.head;
  let lines = 1;
  let beginning = '';
  const write = async (text: string) => {
    if (lines <= mostUnits) beginning += text;
    lines += text.split('\n').length - 1;
    await onDisk(() => file.appendFile(text));
  };
  return {
    async add(batch) {
      const head = unwritten;
      unwritten = '';
      await write(head + writer.rows(batch));
    },
    async end(rows) {
      await write(writer.tail);
      const { size } = await onDisk(() => file.stat());
      return { file: { path, size }, rows, lines, beginning };
    },
    async remove() {
      await file.close().catch(() => undefined);
      await rm(path, { force: true }).catch(() => undefined);
    },
  };
}

/** Throws Problem('unavailable') where the disk does not take it. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new Problem(
      'unavailable',
      say`The list is too long for a message, and the file for it cannot be written (${code(String(error.code))}).`,
      say`Look for a full disk, a read-only file system or wrong owners in the bot's data folder.`,
    );
  }
}
