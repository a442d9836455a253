import { setImmediate as requestsGoOut } from 'node:timers/promises';
import type { Listed } from '../homeserver/listed.ts';

/** So many rows are read at once; a page costs the homeserver little more than a row. */
const pageSize = 500;
/** Pages on their way at once: while one is put into words by Synapse, its database looks for the next. */
const mostComing = 2;

interface Coming<Row> {
  /** Rows that it was asked for. */
  readonly limit: number;
  readonly page: Promise<Listed<Row>>;
}

/**
 * A listing page by page, from the row `from` on, at most `limit` rows. A server that gives fewer than it was asked for
 * is asked again. The next pages are on their way while one is written out.
 */
export async function* everyPage<Row>(
  list: (from: number, limit: number) => Promise<Listed<Row>>,
  from = 0,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Listed<Row>, void, undefined> {
  /** Behind the last row that has come, and behind the last one that was asked for. */
  let at = from;
  let asked = from;
  let coming: Coming<Row>[] = [];
  const ask = (end: number) => {
    const size = Math.min(pageSize, end - asked);
    const page = list(asked, size);
    // Whoever wants no more of it never hears how this ended.
    page.catch(() => undefined);
    coming.push({ limit: size, page });
    asked += size;
  };
  ask(from + limit);
  for (let next = coming.shift(); next !== undefined; next = coming.shift()) {
    const page = await next.page;
    at += page.rows.length;
    if (page.rows.length !== next.limit) {
      // What was asked for meanwhile does not begin where this one ended.
      coming = [];
      asked = at;
    }
    if (page.rows.length > 0) {
      const end = Math.min(page.total, from + limit);
      while (coming.length < mostComing && asked < end) ask(from + limit);
      // Else they would be sent only when this page is done with.
      if (coming.length > 0) await requestsGoOut();
    }
    yield page;
  }
}
