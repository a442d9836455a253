import { z } from 'zod';
import { listing, listingShort, localUser } from '../../core/fields.ts';
import { pageOf, windowOf } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { type MediaRow, mediaSorts } from '../../homeserver/media.ts';
import { command } from '../define.ts';
import { everyRow } from '../every-row.ts';
import { mediaListing } from '../media/media-listing.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user media',
  summary: 'What an account uploaded, the newest first; with a column to sort by, the smallest first.',
  cautions: [
    'Only `media_id` and `created_ts` have an index: sorting by another column loads a large database.',
    'What was uploaded for encrypted rooms is listed too, but nobody here can tell what it is.',
  ],
  input: z.object({
    user: localUser.describe('Whose uploads.'),
    ...listing(mediaSorts),
  }),
  positionals: ['user'],
  short: { ...listingShort, R: 'reverse' },
  examples: [
    ['The newest', '!admin user media alice'],
    ['The largest first', '!admin user media alice --sort media_length -R'],
    ['All of them, to keep', '!admin user media alice --all -o csv'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['users', 'media', 'clock'],

  async run(input, { users, media, clock }) {
    const window = windowOf(input);
    await localAccount(users, input.user);
    const list = (from: number, limit: number) =>
      media.ofUser(input.user, {
        from,
        limit,
        reverse: input.reverse,
        ...(input.sort === undefined ? {} : { sort: input.sort }),
      });
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
    if (total === 0) return reply.says(say`${code(input.user)} has uploaded nothing that is still here.`, { data: [] });
    return reply.listing(
      { ...mediaListing(rows, clock()), page },
      say`${code(input.user)} has uploaded ${counted(total, 'file')}.`,
    );
  },
});
