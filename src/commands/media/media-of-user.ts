import type { PageInput } from '../../core/page.ts';
import type { Reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import type { Media, MediaQuery } from '../../homeserver/media.ts';
import { paged } from '../paged.ts';
import { mediaListing } from './media-listing.ts';

export interface MediaOfUserInput extends PageInput {
  readonly sort?: MediaQuery['sort'] | undefined;
  readonly reverse: boolean;
}

/** What a local account uploaded, the newest first, as a listing. */
export function mediaOfUser(media: Media, userId: string, input: MediaOfUserInput, now: number): Promise<Reply> {
  const { sort, reverse } = input;
  return paged(input, {
    list: (from, limit) => media.ofUser(userId, { from, limit, reverse, ...(sort === undefined ? {} : { sort }) }),
    ...mediaListing(now),
    heading: (total) => say`${code(userId)} has uploaded ${counted(total, 'file')}.`,
    none: say`${code(userId)} has uploaded nothing that is still here.`,
  });
}
