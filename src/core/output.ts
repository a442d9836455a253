import { invisible } from './clean.ts';
import { late } from './late.ts';
import { bodyOf } from './markdown.ts';
import type { Cell, Cells, Column, Listing, Reply } from './reply.ts';
import { wordsOf } from './text.ts';

/** What `-o` chooses between. */
export type Output = 'human' | 'json' | 'csv';

/** The listings among a reply's blocks. */
export function listingsOf(reply: Reply): readonly Listing[] {
  return reply.blocks.flatMap((block) => (block.kind === 'listing' ? [block.listing] : []));
}

/** A cell as data: words without their Markdown marks, unknown as null. */
function datum(cell: Cell): string | number | boolean | null {
  if (cell === undefined || cell === null) return null;
  return typeof cell === 'object' ? wordsOf(cell) : cell;
}

function dataOfListing({ data, rows }: Listing): readonly unknown[] {
  return data ?? rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, datum(cell)])));
}

/** Invisible and bidi characters stand as `\u…` in it: the same data, but nothing hides. */
export function jsonText(value: unknown, indent = 2): string {
  const hex = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, indent).replace(invisible, (character) =>
    character === '\n' ? character : character.split('').map(hex).join(''),
  );
}

/** The data that a reply names; without any those of its listings; without these how it ended and its words. */
export function dataOf(reply: Reply): unknown {
  if (reply.data !== undefined) return reply.data;
  const listings = listingsOf(reply);
  const [only] = listings;
  if (only !== undefined && listings.length === 1) return dataOfListing(only);
  if (listings.length > 1) return listings.map(dataOfListing);
  return { outcome: reply.outcome, message: bodyOf(reply.blocks) };
}

/** One JSON document. */
export function jsonOf(reply: Reply): string {
  return jsonText(dataOf(reply));
}

/** What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"). */
const formula = /^[=+\-@\t\r＝＋－＠]/;
/** Nothing in this shape can be a formula that calls, fetches or runs: it has no bracket but `[`, no `!` and no `|`. */
const plainUserId = /^@[\w.=\-/+]+:[A-Za-z0-9.\-:[\]]+$/;
/** CSV cannot escape them, and a terminal would obey them. */
const controls = /[\p{Cc}--[\t\n\r]]/gv;

/** A text that would be a formula gets a leading apostrophe; a user id does not, so that it can be used as it is. */
function csvCell(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  if (typeof value !== 'string') return value;
  const text = value.replace(controls, '');
  return formula.test(text) && !plainUserId.test(text) ? `'${text}` : text;
}

/** RFC 4180. */
function csvOfRecords(records: readonly (readonly unknown[])[]): string {
  return late.csvStringify().stringify(
    records.map((record) => record.map(csvCell)),
    { record_delimiter: '\r\n', cast: { boolean: String } },
  );
}

/** The first line of a listing's CSV. */
export function csvHead(columns: readonly Column[]): string {
  return csvOfRecords([columns.map((column) => column.key)]);
}

/** The lines of some rows: every column, not only those shown. */
export function csvRows(columns: readonly Column[], rows: readonly Cells[]): string {
  return csvOfRecords(rows.map((row) => columns.map((column) => datum(row[column.key]))));
}

/** A listing as CSV. */
export function csvOfListing({ columns, rows }: Listing): string {
  return csvHead(columns) + csvRows(columns, rows);
}

/** A reply as CSV: each listing; without one, one record an object of the data, nested values as JSON. */
export function csvOf(reply: Reply): string {
  const listings = listingsOf(reply);
  if (listings.length > 0) return listings.map(csvOfListing).join('\r\n');
  const data = dataOf(reply);
  const objects = (Array.isArray(data) ? data : [data]).map(
    (value: unknown): Record<string, unknown> =>
      typeof value === 'object' && value !== null ? { ...value } : { value },
  );
  const head = [...new Set(objects.flatMap(Object.keys))];
  return csvOfRecords([head, ...objects.map((object) => head.map((key) => object[key]))]);
}
