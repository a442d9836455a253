import { clean } from './clean.ts';
import { once } from './once.ts';
import type { Cell, Column, Listing, TableShape } from './reply.ts';
import { type Text, wordsOf } from './text.ts';

/** A table reduced to cells that are written out already; `right` names the columns of numbers. */
export interface Grid {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly right: readonly boolean[];
}

/** More than this is not readable as a table, least of all on a phone. */
const mostColumns = 5;
/** A wider cell sticks out of its column instead of padding every row. */
const widestColumn = 40;

const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]|✅|❌/u;

/** How many columns of a monospaced screen the text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? space + text : text + space;
}

/** Draws a Markdown table whose pipes stand below each other. */
export function drawTable({ head, rows, right }: Grid): string {
  const widths = head.map((title, at) =>
    rows.reduce(
      (width, row) => Math.min(widestColumn, Math.max(width, widthOf(row[at] ?? ''))),
      Math.max(3, widthOf(title)),
    ),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => pad(cells[at] ?? '', width, right[at] === true)).join(' | ')} |`;
  const rule = widths.map((width, at) => (right[at] === true ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2)));
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}

/** Writes a cell's text, keeping ours and others' apart; given by whoever knows the format. */
export type Write = (text: Text) => string;

// Made when a number is first shown: that takes Node 8 ms.
const numbers = once(() => new Intl.NumberFormat('en', { maximumFractionDigits: 6 }));

function written(cell: Cell, write: Write, no: string): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'boolean') return cell ? '✅' : no;
  if (typeof cell === 'number') return numbers().format(cell);
  return write(typeof cell === 'string' ? { parts: [{ kind: 'value', text: cell }] } : cell);
}

/** Whether a listing shows too much for a table, so that each row is written as lines below each other. */
export function isNarrow({ show }: TableShape): boolean {
  return show.length > mostColumns;
}

const shownColumns = ({ columns, show }: TableShape): readonly Column[] =>
  show.flatMap((key) => columns.filter((column) => column.key === key));

const isBlank = (cell: Cell): boolean =>
  cell === false || clean(typeof cell === 'object' && cell !== null ? wordsOf(cell) : String(cell ?? '')) === '';

/** The rows of a narrow listing, each as its lines "Title: value"; what is false or unknown is left out. */
export function recordsOf(listing: Listing, write: Write): readonly (readonly string[])[] {
  const columns = shownColumns(listing);
  return listing.rows.map((row) =>
    columns.flatMap(({ key, title }) => {
      const cell = row[key];
      return isBlank(cell) ? [] : [`${title}: ${written(cell, write, '')}`];
    }),
  );
}

/** The human table of a listing: the columns it shows, false and unknown cells empty, numbers to the right. */
export function gridOf(listing: Listing, write: Write): Grid {
  const columns = shownColumns(listing);
  return {
    head: columns.map((column) => column.title),
    rows: listing.rows.map((row) => columns.map((column) => written(row[column.key], write, ''))),
    right: columns.map((column) => column.align === 'right' || isNumbers(listing.rows.map((row) => row[column.key]))),
  };
}

function isNumbers(cells: readonly Cell[]): boolean {
  const filled = cells.filter((cell) => cell !== null && cell !== undefined);
  return filled.length > 0 && filled.every((cell) => typeof cell === 'number');
}

/** The values of a listing's first shown column, one a line; a value is always one line. */
export function bareLines({ show: [first = ''], rows }: Pick<Listing, 'show' | 'rows'>): string {
  return rows
    .map((row) => row[first])
    .map((cell) => clean(typeof cell === 'object' && cell !== null ? wordsOf(cell) : String(cell ?? '')))
    .join('\n');
}

/** One object as a table of two columns; here a false is a "no", since an empty value means unknown. */
export function gridOfFields(fields: readonly (readonly [label: string, value: Cell])[], write: Write): Grid {
  return {
    head: ['Field', 'Value'],
    rows: fields.map(([label, value]) => [
      write({ parts: [{ kind: 'value', text: label }] }),
      written(value, write, 'no'),
    ]),
    right: [false, false],
  };
}
