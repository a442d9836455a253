import { z } from 'zod';
import { listing, listingShort, localUser } from '../../core/fields.ts';
import { mediaSorts } from '../../homeserver/media.ts';
import { command } from '../define.ts';
import { mediaOfUser } from '../media/media-of-user.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user media',
  summary: 'What an account uploaded, the newest first; with a column to sort by, the smallest first.',
  cautions: [
    'Only `media_id`, `user_id` and `created_ts` have an index: sorting by another column loads a large database.',
    'What was uploaded for encrypted rooms is listed too, but nobody here can tell what it is.',
  ],
  input: () =>
    z.object({
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
    await localAccount(users, input.user);
    return mediaOfUser(media, input.user, input, clock());
  },
});
