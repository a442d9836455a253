import type { Field } from './fields.ts';
import { late } from './late.ts';
import { Problem } from './problem.ts';
import { readValue } from './read-value.ts';
import { clipped } from './shown.ts';
import { code, counted, joined, say, type Text } from './text.ts';

/** A line of a body that cannot be used; line 1 is the first one inside the block. */
export interface BadLine {
  readonly line: number;
  readonly why: Text;
}

/** A body that was read to its end. */
export interface ReadBody {
  readonly values: readonly unknown[];
  /** How many lines said what an earlier one had said. */
  readonly duplicates: number;
  readonly bad: readonly BadLine[];
}

const shownLines = 20;

/** One item a line; blank lines and those that begin with `# ` are skipped. Every line is checked. */
export function readList(lines: readonly string[], field: Field, serverName: string): ReadBody {
  const values = new Set<unknown>();
  const bad: BadLine[] = [];
  let duplicates = 0;
  lines.forEach((line, at) => {
    const item = line.trim();
    if (item === '' || line.trimStart().startsWith('# ') || item === '#') return;
    const read = attempt(() => readValue(field, item, serverName));
    if ('why' in read) bad.push({ line: at + 1, why: read.why });
    else if (values.has(read.value)) duplicates += 1;
    else values.add(read.value);
  });
  return { values: [...values], duplicates, bad };
}

/** Comma-separated records under `columns`, a header line optional; the first column names the record. */
export function readCsv(
  lines: readonly string[],
  columns: readonly string[],
  field: Field,
  serverName: string,
): ReadBody {
  const { records, bad } = splitCsv(lines);
  const values: unknown[] = [];
  const seen = new Map<unknown, { readonly line: number; readonly cells: string }>();
  let duplicates = 0;
  for (const { line, cells } of isHeader(records[0]?.cells, columns) ? records.slice(1) : records) {
    const read = attempt(() => readRecord(cells, columns, field, serverName));
    if ('why' in read) {
      bad.push({ line, why: read.why });
      continue;
    }
    const key = read.value[columns[0] ?? ''];
    const before = seen.get(key);
    const same = JSON.stringify(cells);
    if (before === undefined) {
      seen.set(key, { line, cells: same });
      values.push(read.value);
    } else if (before.cells === same) duplicates += 1;
    else bad.push({ line, why: say`${clipped(String(key))} is on line ${before.line} already, with other values.` });
  }
  return { values, duplicates, bad: bad.sort((one, other) => one.line - other.line) };
}

/** The Problem that lists bad lines; the first 20 of them, and how many there are. */
export function badLines(bad: readonly BadLine[], total: number): Problem {
  const shown = bad.slice(0, shownLines).map(({ line, why }) => say`\n- line ${line}: ${why}`);
  const more = bad.length - shown.length;
  return new Problem(
    'usage',
    joined(
      [
        say`${counted(bad.length, 'line')} of ${total.toLocaleString('en')} cannot be used, so nothing was done:\n`,
        ...shown,
        ...(more > 0 ? [say`\n- and ${counted(more, 'more line')}`] : []),
      ],
      '',
    ),
    say`Mend them, or add ${code('--skip-invalid')} to go on without them.`,
  );
}

function attempt<T>(read: () => T): { readonly value: T } | { readonly why: Text } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof Problem) return { why: error.text };
    throw error;
  }
}

/** A name alone: nothing in it that people put between a name and a password. */
const nameAlone = /^(?:@[^\s,;:|"']+:[^\s,;:|"']+(?::\d+)?|[^\s,;:|"']*)$/u;

/** True where the lines of a message hold one name each and so no secret: such a list may stay in the room. */
export function onlyNames(below: string): boolean {
  return below.split('\n').every((line) => line.trimStart().startsWith('# ') || nameAlone.test(line.trim()));
}

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

function splitCsv(lines: readonly string[]): { readonly records: readonly CsvRecord[]; readonly bad: BadLine[] } {
  const bad: BadLine[] = [];
  const records: CsvRecord[] = [];
  // Line by line, so that one stray quote spoils one record and not all that follow it.
  lines.forEach((text, at) => {
    const line = at + 1;
    if (text.trim() === '' || text.trimStart().startsWith('# ')) return;
    try {
      const [cells = []] = late.csvParse().parse(text.replaceAll('\u00a0', ' '), {
        bom: true,
        trim: true,
        relax_column_count: true,
      });
      records.push({ line, cells });
    } catch {
      // What the parser says repeats the record, which may hold a password.
      bad.push({
        line,
        why: say`Its quotes do not match: a value with a quote or comma in it stands in ${code('"…"')}, its quotes doubled.`,
      });
    }
  });
  return { records, bad };
}

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');

function isHeader(cells: readonly string[] | undefined, columns: readonly string[]): boolean {
  return cells?.every((cell, at) => plain(cell) === plain(columns[at] ?? '')) ?? false;
}

function readRecord(
  cells: readonly string[],
  columns: readonly string[],
  field: Field,
  serverName: string,
): Readonly<Record<string, unknown>> {
  if (cells.length > columns.length)
    throw new Problem(
      'usage',
      say`It has ${cells.length} values, and there are only ${columns.length} columns: ${columns.join(', ')}.`,
    );
  const record: Record<string, unknown> = {};
  const secretive = [...(field.columns?.values() ?? [])].some(({ kind }) => kind === 'secret');
  columns.forEach((column, at) => {
    const cell = cells[at] ?? '';
    const about = field.columns?.get(column);
    if (about === undefined) throw new Error(`${field.name} has no column ${column}`);
    if (cell !== '') record[column] = readCell(column, about, cell, secretive, serverName);
    else if (about.required) throw new Problem('usage', say`It has no ${column}.`);
  });
  return record;
}

/** What is wrong with a cell may repeat it, so where it may be a name and a password in one that is not said. */
function readCell(column: string, about: Field, cell: string, secretive: boolean, serverName: string): unknown {
  try {
    return readValue(about, cell, serverName);
  } catch (error) {
    if (!secretive || nameAlone.test(cell)) throw error;
    throw new Problem(
      'usage',
      say`Its ${column} has a space or a mark in it that a ${column} cannot have; the values of a line are divided by commas.`,
    );
  }
}
