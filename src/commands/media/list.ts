import { z } from 'zod';
import { exactlyOneOf, listing, listingShort, localUser, room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import { mediaSorts } from '../../homeserver/media.ts';
import { command } from '../define.ts';
import { foundRoom } from '../room/found-room.ts';
import { localAccount } from '../user/local-account.ts';
import { mediaOfRoom } from './media-of-room.ts';
import { mediaOfUser } from './media-of-user.ts';

export default command({
  path: 'media list',
  summary: 'The files of a room, or what an account uploaded.',
  cautions: [
    'Files in encrypted messages of a room cannot be listed; what an account uploaded for them is.',
    'Only `media_id`, `user_id` and `created_ts` have an index: sorting by another column loads a large database.',
  ],
  input: () =>
    z
      .object({
        room: room.optional().describe('Files that the messages of this room name.'),
        userId: localUser.optional().describe('Files that this account uploaded.'),
        ...listing(mediaSorts),
      })
      .check(exactlyOneOf('room', 'userId')),
  short: { ...listingShort, r: 'room', u: 'userId', R: 'reverse' },
  long: { 'room-id': 'room', user: 'userId' },
  examples: [
    ['Of a room', '!admin media list -r #lobby'],
    ['Of an account, the largest first', '!admin media list -u alice --sort media_length -R'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['users', 'rooms', 'roomData', 'media', 'clock'],

  async run(input, { users, rooms, roomData, media, clock }) {
    if (input.userId !== undefined) {
      await localAccount(users, input.userId);
      return mediaOfUser(media, input.userId, input, clock());
    }
    const { page, from, sort, reverse } = input;
    if (page !== undefined || from !== undefined || sort !== undefined || reverse)
      throw new Problem(
        'usage',
        say`The files of a room come as one list: paging and sorting go with ${code('--user-id')} only.`,
      );
    const found = await foundRoom(rooms, input.room ?? '');
    return mediaOfRoom(roomData, found, { all: true, reverse: false });
  },
});
