import { z } from 'zod';
import { listing, listingShort, room } from '../../core/fields.ts';
import { command } from '../define.ts';
import { mediaOfRoom, roomMediaSorts } from '../media/media-of-room.ts';
import { foundRoom } from './found-room.ts';

export default command({
  path: 'room media',
  summary: 'The files that the messages of a room name.',
  cautions: ['Files in encrypted messages cannot be listed: the server cannot read where they are.'],
  input: () => z.object({ room: room.describe('Its id or alias.'), ...listing(roomMediaSorts) }),
  positionals: ['room'],
  short: listingShort,
  examples: [['Of the lobby', '!admin room media #lobby']],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'roomData'],

  async run(input, { rooms, roomData }) {
    return mediaOfRoom(roomData, await foundRoom(rooms, input.room), input);
  },
});
