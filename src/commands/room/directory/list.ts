import { z } from 'zod';
import { listing, listingShort } from '../../../core/fields.ts';
import { roomSorts } from '../../../homeserver/rooms.ts';
import { command } from '../../define.ts';
import { roomsListing, roomsListingNeeds } from '../rooms-listing.ts';

export default command({
  path: 'room directory list',
  summary: 'The rooms in the public directory, most members first.',
  cautions: ['It also lists rooms that clients are not shown, because one can join them by invitation only.'],
  input: () => z.object(listing(roomSorts)),
  positionals: ['page'],
  long: { page: 'page' },
  short: listingShort,
  examples: [['The largest hundred', '!admin room directory list']],
  danger: 'read',
  role: 'viewer',
  needs: roomsListingNeeds,
  run: (paging, caps) => {
    const rest = { excludeDisabled: false, excludeBanned: false, noDetails: false, empty: false, noEmpty: false };
    return roomsListing({ ...paging, ...rest, public: true }, undefined, caps);
  },
});
