import type { Listed } from '../homeserver/listed.ts';
import { everyPage } from './every-page.ts';

/** All rows of a listing, one by one. */
export async function* everyRow<Row>(
  list: (from: number, limit: number) => Promise<Listed<Row>>,
): AsyncGenerator<Row, void, undefined> {
  for await (const { rows } of everyPage(list)) yield* rows;
}
