import type { Listed } from '../homeserver/listed.ts';

/** So many rows are read at once; a page costs the homeserver little more than a row. */
const pageSize = 500;

/**
 * A listing page by page, from the row `from` on, at most `limit` rows. A server that gives fewer than it was asked for
 * is asked again.
 */
export async function* everyPage<Row>(
  list: (from: number, limit: number) => Promise<Listed<Row>>,
  from = 0,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Listed<Row>, void, undefined> {
  for (let at = from; ; ) {
    const page = await list(at, Math.min(pageSize, from + limit - at));
    yield page;
    at += page.rows.length;
    if (page.rows.length === 0 || at >= page.total || at >= from + limit) return;
  }
}
