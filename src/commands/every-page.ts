import { setImmediate as requestsGoOut } from 'node:timers/promises';
import type { Listed } from '../homeserver/listed.ts';

/** So many rows are read at once; a page costs the homeserver little more than a row. */
const pageSize = 500;

/**
 * A listing page by page, from the row `from` on, at most `limit` rows. A server that gives fewer than it was asked for
 * is asked again. The next page is on its way while one is written out.
 */
export async function* everyPage<Row>(
  list: (from: number, limit: number) => Promise<Listed<Row>>,
  from = 0,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Listed<Row>, void, undefined> {
  const read = (at: number) => list(at, Math.min(pageSize, from + limit - at));
  let coming = read(from);
  for (let at = from; ; ) {
    const page = await coming;
    at += page.rows.length;
    const isLast = page.rows.length === 0 || at >= page.total || at >= from + limit;
    if (!isLast) {
      coming = read(at);
      // Whoever wants no more of it never hears how this ended.
      coming.catch(() => undefined);
      // Else it would be sent only when this page is done with.
      await requestsGoOut();
    }
    yield page;
    if (isLast) return;
  }
}
