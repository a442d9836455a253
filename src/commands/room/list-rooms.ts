import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { command } from '../define.ts';
import { roomFilters, roomFiltersShort, roomsListing, roomsListingNeeds } from './rooms-listing.ts';

export default command({
  path: 'room list-rooms',
  aliases: ['room list'],
  flat: ['list-rooms'],
  summary: 'List the rooms this server knows, most members first.',
  input: () =>
    z.object({
      ...roomFilters(),
      name: text.optional().describe('Only rooms whose name, alias or id matches.'),
    }),
  positionals: ['page'],
  long: { page: 'page' },
  short: { ...roomFiltersShort, n: 'name' },
  examples: [
    ['The largest hundred', '!admin room list-rooms'],
    ['By name', '!admin room list --name lobby'],
    ['Ids of empty rooms, to paste', '!admin room list-rooms --empty --no-details --all'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: roomsListingNeeds,
  run: ({ name, ...filters }, caps) => roomsListing(filters, name, caps),
});
