import { bodyOf, hasLongValue, htmlOf } from './markdown.ts';
import { csvOf, csvOfListing, jsonOf, listingsOf, type Output } from './output.ts';
import { pageLine } from './page.ts';
import { prefixed } from './prefixed.ts';
import { type Block, type FileOnDisk, type Listing, paragraph, type Reply } from './reply.ts';
import { type Attachment, type Shortened, setAside, shorten, unitsOf } from './shorten.ts';
import { say } from './text.ts';

export interface RenderOptions {
  readonly output: Output;
  readonly prefix: string;
  /** "user list-users"; names the attachments. */
  readonly path: string;
  /** The line that shows a listing from there on. */
  readonly next?: ((from: number) => string) | undefined;
  /** A user id: a text message that mentions her, since clients keep silent about notices. */
  readonly notify?: string | undefined;
}

/** A message's content; relations and our own keys are added by whoever sends it. */
export interface RenderedContent {
  readonly msgtype: 'm.notice' | 'm.text';
  readonly body: string;
  readonly format: 'org.matrix.custom.html';
  readonly formatted_body: string;
  readonly 'm.mentions': { readonly user_ids?: readonly string[] };
}

export interface Rendered {
  readonly content: RenderedContent;
  readonly attachments: readonly Attachment[];
}

/**
 * Bytes of a message's content as JSON. An event may have 65,536 (Client-Server API, "Size limits"), and an edit holds
 * its content twice.
 */
export const contentLimit = 28_000;

/** No more rows, items or lines than this fit, whatever is in them. */
export const mostUnits = 2_000;

/**
 * Turns a reply into one message within the limit, and the files with what did not go into it. What a stream in it would
 * give must be there already (`pipeline/spool.ts`).
 */
export function renderReply(reply: Reply, options: RenderOptions): Rendered {
  return rendered(reply, options, options.output === 'human');
}

/** The same for a message that no file can go with: what is too long for it is cut. */
export function renderNotice(reply: Reply, options: Omit<RenderOptions, 'output'>): RenderedContent {
  return rendered(reply, { ...options, output: 'human' }, false).content;
}

function rendered(reply: Reply, options: RenderOptions, keepLongValues: boolean): Rendered {
  if (reply.stream !== undefined) throw new Error(`${options.path}: the rows have not come yet`);
  const name = options.path.replaceAll(' ', '-');
  const listed = withNext({ ...reply, blocks: prefixed(reply.blocks, options.prefix) }, options);
  const blocks = blocksFor(listed, options, name);
  const files = blocks.flatMap((block) => (block.kind === 'attachment' ? [block] : []));
  const attachments = files.map(({ filename, mimetype, content }) => ({ filename, mimetype, content }));
  // A command that makes a file of what it cut has seen to it.
  const cuts = blocks.some((block) => block.kind === 'attachment' && block.forReading === true);
  const long = new Set(keepLongValues && !cuts ? blocks.filter(hasLongValue) : []);
  const all = shorten(blocks, Number.POSITIVE_INFINITY, name, long);
  const content = blocks.some(isBeginning) ? undefined : fitting(all.blocks, options);
  if (content !== undefined) return { content, attachments: [...attachments, ...all.files()] };
  const short = longest(blocks, options, name, long);
  return { content: contentOf(short.blocks, options), attachments: [...attachments, ...short.files()] };
}

/** Whether there is more of it than the block holds. */
function isBeginning(block: Block): boolean {
  if (block.kind === 'listing') return block.listing.whole !== undefined;
  return block.kind === 'code' && block.whole !== undefined;
}

/** The most of the blocks that fits, found by halving. */
function longest(blocks: readonly Block[], options: RenderOptions, name: string, long: ReadonlySet<Block>): Shortened {
  let best = setAside(blocks, name);
  let low = 0;
  let high = Math.min(mostUnits, Math.max(...blocks.map(unitsOf)));
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const short = shorten(blocks, middle, name, long);
    if (fitting(short.blocks, options) === undefined) high = middle - 1;
    else {
      best = short;
      low = middle + 1;
    }
  }
  return best;
}

function withNext(reply: Reply, { next }: RenderOptions): Reply {
  const one = (listing: Listing): Listing => {
    const { page } = listing;
    if (page?.more !== true || page.next !== undefined || next === undefined) return listing;
    return { ...listing, page: { ...page, next: next(page.from + rowsOf(listing)) } };
  };
  return {
    ...reply,
    blocks: reply.blocks.map((block) => (block.kind === 'listing' ? { ...block, listing: one(block.listing) } : block)),
  };
}

const rowsOf = ({ whole, rows }: Listing): number => whole?.rows ?? rows.length;

/** A table's head would not stand above its columns where a client puts the sender before the first line. */
function titled(blocks: readonly Block[], path: string): readonly Block[] {
  const [first] = blocks;
  const isTable =
    first?.kind === 'fields' || (first?.kind === 'listing' && first.listing.rows.length > 0 && !first.listing.bare);
  return isTable ? [paragraph(say`${path}:`), ...blocks] : blocks;
}

/** JSON stands in the message where it fits; CSV is a file always, since it is for a program that opens it. */
function blocksFor(reply: Reply, { output, path }: RenderOptions, name: string): readonly Block[] {
  if (output === 'human') return titled(reply.blocks, path);
  const listings = listingsOf(reply);
  const pages = listings.flatMap((listing) =>
    listing.page === undefined || listing.rows.length === 0 ? [] : [paragraph(pageLine(listing.page, rowsOf(listing)))],
  );
  const beside = [...reply.blocks.filter((block) => block.kind === 'paragraph' && block.besideData), ...pages];
  const files = reply.blocks.filter((block) => block.kind === 'attachment' && block.forReading !== true);
  if (output === 'json') {
    const whole = listings[0]?.whole;
    const json: Block =
      whole === undefined
        ? { kind: 'code', text: jsonOf(reply), language: 'json' }
        : { kind: 'code', text: whole.beginning, language: 'json', whole };
    return [json, ...beside, ...files];
  }
  const csv = (content: string | FileOnDisk, at: number): Block => {
    const filename = `${name}${at === 0 ? '' : `-${at + 1}`}.csv`;
    return { kind: 'attachment', filename, mimetype: 'text/csv', content };
  };
  const tables =
    listings.length === 0
      ? [csv(csvOf(reply), 0)]
      : listings.map((listing) => listing.whole?.file ?? csvOfListing(listing)).map(csv);
  return [...tables, ...beside, ...files];
}

function contentOf(
  blocks: readonly Block[],
  { prefix, notify }: RenderOptions,
  body = bodyOf(blocks),
): RenderedContent {
  // What begins like a command is none: not for us, and not for a homeserver that reads this room too.
  const guarded = /^[!@\\]/.test(body.trimStart()) || body.trimStart().toLowerCase().startsWith(prefix.toLowerCase());
  const shown = guarded ? [paragraph(say`Reply:`), ...blocks] : blocks;
  return {
    msgtype: notify === undefined ? 'm.notice' : 'm.text',
    body: guarded ? bodyOf(shown) : body,
    format: 'org.matrix.custom.html',
    formatted_body: htmlOf(shown),
    'm.mentions': notify === undefined ? {} : { user_ids: [notify] },
  };
}

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function fitting(blocks: readonly Block[], options: RenderOptions): RenderedContent | undefined {
  const body = bodyOf(blocks);
  // Drawing the HTML of a list of thousands takes long; most often the body alone says enough.
  if (bytes(body) > contentLimit) return undefined;
  const content = contentOf(blocks, options, body);
  return bytes(content) <= contentLimit ? content : undefined;
}
