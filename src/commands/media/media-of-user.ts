import { type PageInput, pageOf, windowOf } from '../../core/page.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import type { Media, MediaQuery, MediaRow } from '../../homeserver/media.ts';
import { everyRow } from '../every-row.ts';
import { mediaListing } from './media-listing.ts';

export interface MediaOfUserInput extends PageInput {
  readonly sort?: MediaQuery['sort'] | undefined;
  readonly reverse: boolean;
}

/** What a local account uploaded, the newest first, as a listing. */
export async function mediaOfUser(media: Media, userId: string, input: MediaOfUserInput, now: number): Promise<Reply> {
  const window = windowOf(input);
  const { sort, reverse } = input;
  const list = (from: number, limit: number) =>
    media.ofUser(userId, { from, limit, reverse, ...(sort === undefined ? {} : { sort }) });
  let rows: readonly MediaRow[];
  let total: number;
  if (window.limit === undefined) {
    const all: MediaRow[] = [];
    for await (const row of everyRow(list)) all.push(row);
    rows = all;
    total = all.length;
  } else {
    ({ rows, total } = await list(window.from, window.limit));
  }
  const page = pageOf(window, rows.length, total);
  if (total === 0) return reply.says(say`${code(userId)} has uploaded nothing that is still here.`, { data: [] });
  return reply.listing(
    { ...mediaListing(rows, now), page },
    say`${code(userId)} has uploaded ${counted(total, 'file')}.`,
  );
}
