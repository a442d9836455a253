import { type PageInput, pageOf, windowOf } from '../core/page.ts';
import { type Cells, note, paragraph, type Reply, type StreamedRow, type TableShape } from '../core/reply.ts';
import type { Text } from '../core/text.ts';
import type { Listed } from '../homeserver/listed.ts';
import { everyPage } from './every-page.ts';

export interface PagedListing<Row> extends TableShape {
  /** The server's own paging, filters and order. */
  list(from: number, limit: number): Promise<Listed<Row>>;
  /** Where the server lacks a filter: of some rows, in their order, those that stay. All pages are then walked. */
  readonly keep?: ((rows: readonly Row[]) => readonly Row[] | Promise<readonly Row[]>) | undefined;
  /** A row of the table and of CSV. */
  cells(row: Row): Cells;
  /** The server's own object, for `-o json`. */
  data(row: Row): unknown;
  /** Asked when all rows have come, as the others below are. */
  heading?(total: number): Text | undefined;
  /** What a reader of the data must know too. */
  notes?(): readonly Text[];
  /** The whole answer where there is nothing to list. */
  readonly none?: Text;
}

/**
 * The answer of a listing that the server pages, as `listing` in core/fields.ts lets people ask for it. Rows are fetched
 * while they are written out. Throws as `windowOf` does, and while it is written out as `pageOf` does.
 */
export async function paged<Row>(input: PageInput, listing: PagedListing<Row>): Promise<Reply> {
  const { columns, show, bare, list, keep, cells, data, heading, notes, none } = listing;
  const window = windowOf(input);
  const end = window.limit === undefined ? Number.POSITIVE_INFINITY : window.from + window.limit;
  let total = 0;
  /** The server does not say how long the list is, but that it goes on. */
  let more: boolean | undefined;

  async function* rows(): AsyncGenerator<readonly Row[], void, undefined> {
    if (keep === undefined) {
      for await (const page of everyPage(list, window.from, window.limit)) {
        yield page.rows;
        total = page.total;
        more = page.more;
      }
      return;
    }
    for await (const page of everyPage(list)) {
      const kept = await keep(page.rows);
      yield kept.slice(Math.max(0, window.from - total), Math.max(0, end - total));
      total += kept.length;
    }
  }

  async function* batches(): AsyncGenerator<readonly StreamedRow[], void, undefined> {
    for await (const batch of rows()) yield batch.map((row) => ({ cells: cells(row), data: data(row) }));
  }

  return {
    outcome: 'done',
    blocks: [],
    stream: {
      columns,
      show,
      ...(bare === undefined ? {} : { bare }),
      batches: batches(),
      end(shown) {
        // Of all there is, what came counts: accounts come and go while a long list is read.
        if (window.limit === undefined) total = shown;
        const page = pageOf(window, shown, more ? undefined : total, more);
        // Of nothing, "None." says enough.
        const head = more || total === 0 ? undefined : heading?.(total);
        return {
          page,
          above: [...(head === undefined ? [] : [paragraph(head)]), ...(notes?.() ?? []).map(note)],
          none: total === 0 ? none : undefined,
        };
      },
    },
  };
}
