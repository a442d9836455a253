import { csvHead, csvRows, jsonText, type Output } from './output.ts';
import type { StreamedRow, TableShape } from './reply.ts';
import { bareLines } from './table.ts';

/** A listing written out piece by piece; all pieces together are what it would be written at once. */
export interface ListingWriter {
  readonly head: string;
  /** Of at least one row. */
  rows(batch: readonly StreamedRow[]): string;
  readonly tail: string;
}

/** The form for an output: what people get beside their table, or CSV, or one JSON document. Serves one listing. */
export function listingWriter(output: Output, { columns, show, bare }: TableShape): ListingWriter {
  let begun = false;
  const separated = (separator: string, text: string): string => {
    const before = begun ? separator : '';
    begun = true;
    return before + text;
  };
  if (output === 'json') {
    const item = ({ data }: StreamedRow): string => `  ${jsonText(data).replaceAll('\n', '\n  ')}`;
    return { head: '[\n', rows: (batch) => separated(',\n', batch.map(item).join(',\n')), tail: '\n]' };
  }
  const cellsOf = (batch: readonly StreamedRow[]) => batch.map(({ cells }) => cells);
  if (output === 'human' && bare)
    return { head: '', rows: (batch) => separated('\n', bareLines({ show, rows: cellsOf(batch) })), tail: '' };
  return { head: csvHead(columns), rows: (batch) => csvRows(columns, cellsOf(batch)), tail: '' };
}
