import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { command } from '../define.ts';
import { roomFilters, roomFiltersShort, roomsListing, roomsListingNeeds } from './rooms-listing.ts';

export default command({
  path: 'room search',
  summary: 'Find rooms by name, alias or id, most members first.',
  input: () => z.object({ term: text.describe('Part of a name or an alias, or a whole id.'), ...roomFilters() }),
  positionals: ['term'],
  short: roomFiltersShort,
  examples: [['By a part of the name', '!admin room search lobby']],
  danger: 'read',
  role: 'viewer',
  needs: roomsListingNeeds,
  run: ({ term, ...filters }, caps) => roomsListing(filters, term, caps),
});
