import { createReadStream } from 'node:fs';
import { inspect } from 'node:util';
import { listingWriter } from '../core/listing-writer.ts';
import { csvOf, dataOf, jsonText } from '../core/output.ts';
import { nextLine, pageLine } from '../core/page.ts';
import { prefixed } from '../core/prefixed.ts';
import { type Block, paragraph, type Reply, type StreamedRow } from '../core/reply.ts';
import { wordsOf } from '../core/text.ts';
import type { Format } from './format.ts';
import { isUnread } from './standard-output.ts';
import { plainWords, terminalText } from './terminal-text.ts';

export interface ShowOptions {
  readonly format: Format;
  readonly prefix: string;
  /** Columns of the terminal. */
  readonly width: number;
  /** The line as read, for "next page". */
  readonly line: string;
  readonly page?: number | undefined;
  readonly out: (text: string) => Promise<void>;
  /** What is said beside the data; a line each. */
  readonly aside: (line: string) => void;
}

/** Writes a reply out whole, in the form that was asked for. Throws what a stream of rows throws. */
export async function show(reply: Reply, options: ShowOptions): Promise<void> {
  const { format, out, aside } = options;
  if (reply.stream !== undefined && (format === 'json' || format === 'csv')) return streamed(reply, options);
  const { blocks, ...rest } = withNext(await gathered(reply), options);
  const whole: Reply = { ...rest, blocks: prefixed(blocks, options.prefix) };
  if (format === 'human') {
    const secrets = (whole.secrets ?? []).map(({ label, value }) => `${plainWords(label)}: ${value}`);
    const text = [terminalText(whole.blocks, options.width), ...secrets].filter((one) => one !== '').join('\n\n');
    await out(`${text}\n`);
  } else {
    await out(await written(withSecrets(whole), format));
    for (const block of whole.blocks) {
      if (block.kind === 'paragraph' && block.besideData) aside(plainWords(block.text));
      if (block.kind === 'listing' && block.listing.page && block.listing.rows.length > 0)
        aside(plainWords(pageLine(block.listing.page, block.listing.rows.length)));
    }
  }
  for (const block of whole.blocks) await attached(block, options);
}

/** Files that a room would get as attachments; what was cut there for reading stands above in full. */
async function attached(block: Block, { out, format }: ShowOptions): Promise<void> {
  if (block.kind !== 'attachment' || block.forReading === true || format !== 'human') return;
  const { content } = block;
  if (typeof content === 'string') return out(`\n${content.replace(/\n*$/, '\n')}`);
  for await (const piece of createReadStream(content.path, 'utf8')) await out(String(piece));
}

async function written(reply: Reply, format: Exclude<Format, 'human'>): Promise<string> {
  switch (format) {
    case 'json':
      return `${jsonText(dataOf(reply))}\n`;
    case 'minified':
      return `${jsonText(dataOf(reply), 0)}\n`;
    case 'csv':
      return csvOf(reply);
    case 'yaml':
      // Through JSON, so that what is undefined is left out.
      return (await import('yaml')).stringify(JSON.parse(jsonText(dataOf(reply))), { lineWidth: 0 });
    case 'pprint':
      return `${inspect(dataOf(reply), { depth: null, maxArrayLength: null, maxStringLength: null, breakLength: 100 })}\n`;
  }
}

/** A secret goes to the very output of the command that made it, and nowhere else. */
function withSecrets(reply: Reply): Reply {
  const { secrets = [] } = reply;
  if (secrets.length === 0) return reply;
  const data = dataOf(reply);
  const named = typeof data === 'object' && data !== null && !Array.isArray(data) ? data : { data };
  const blocks = reply.blocks.filter(({ kind }) => kind !== 'listing');
  return {
    ...reply,
    blocks,
    data: { ...named, secrets: secrets.map(({ label, value }) => ({ label: wordsOf(label), value })) },
  };
}

function withNext(reply: Reply, { prefix, line, page: pageTyped }: ShowOptions): Reply {
  const one = (block: Block): Block => {
    if (block.kind !== 'listing' || block.listing.page?.more !== true) return block;
    const { page, rows } = block.listing;
    const next = `${prefix} ${nextLine(line, page.from + rows.length, pageTyped)}`;
    return { ...block, listing: { ...block.listing, page: { next, ...page } } };
  };
  return { ...reply, blocks: reply.blocks.map(one) };
}

async function gathered(reply: Reply): Promise<Reply> {
  const { stream, ...rest } = reply;
  if (stream === undefined) return reply;
  const rows: StreamedRow[] = [];
  for await (const batch of stream.batches) rows.push(...batch);
  const { page, above, none } = stream.end(rows.length);
  if (rows.length === 0 && none !== undefined) return { ...rest, data: [], blocks: [paragraph(none), ...rest.blocks] };
  const { columns, show: shown, bare } = stream;
  const listing: Block = {
    kind: 'listing',
    listing: {
      columns,
      show: shown,
      rows: rows.map(({ cells }) => cells),
      data: rows.map(({ data }) => data),
      page,
      ...(bare === undefined ? {} : { bare }),
    },
  };
  return { ...rest, blocks: [...above, listing, ...rest.blocks] };
}

/** Rows as they come, so that a listing of any length needs no memory. */
async function streamed(
  reply: Reply,
  { format, out, aside, line, prefix, page: pageTyped }: ShowOptions,
): Promise<void> {
  const { stream } = reply;
  if (stream === undefined || (format !== 'json' && format !== 'csv')) return;
  const writer = listingWriter(format, stream);
  let shown = 0;
  for await (const batch of stream.batches) {
    // A list may be of any length, and of this one the rest is for nobody.
    if (isUnread()) return;
    if (batch.length === 0) continue;
    if (shown === 0) await out(writer.head);
    await out(writer.rows(batch));
    shown += batch.length;
  }
  const { page, above } = stream.end(shown);
  if (shown === 0) await out(format === 'json' ? '[]\n' : writer.head);
  else await out(format === 'json' ? `${writer.tail}\n` : writer.tail);
  for (const block of above) if (block.kind === 'paragraph' && block.besideData) aside(plainWords(block.text));
  if (shown === 0) return;
  const next = page.more === true ? { next: `${prefix} ${nextLine(line, page.from + shown, pageTyped)}` } : {};
  aside(plainWords(pageLine({ ...next, ...page }, shown)));
}
