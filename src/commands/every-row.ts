import type { Listed } from '../homeserver/listed.ts';

/** So many rows are read at once; a page costs the homeserver little more than a row. */
const pageSize = 500;

/** All rows of a listing, page by page. */
export async function* everyRow<Row>(
  list: (from: number, limit: number) => Promise<Listed<Row>>,
): AsyncGenerator<Row, void, undefined> {
  for (let from = 0; ; from += pageSize) {
    const { rows, total } = await list(from, pageSize);
    yield* rows;
    if (rows.length === 0 || from + rows.length >= total) return;
  }
}
