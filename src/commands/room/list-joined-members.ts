import { z } from 'zod';
import { flag, listing, listingShort, room } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundRoom } from './found-room.ts';

const sorts = ['user'] as const;

export default command({
  path: 'room info list-joined-members',
  aliases: ['room members', 'room list-joined-members'],
  summary: 'The members of a room.',
  input: () =>
    z.object({
      room: room.describe('Its id or alias.'),
      localOnly: flag.describe('Only members from this server.'),
      ...listing(sorts),
    }),
  positionals: ['room'],
  short: listingShort,
  examples: [
    ['Who is in the lobby?', '!admin room info list-joined-members #lobby'],
    ['Only ours', '!admin room members #lobby --local-only'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'adminRoom'],

  async run(input, { rooms, adminRoom }) {
    const found = await foundRoom(rooms, input.room);
    const ours = adminRoom.botId.slice(adminRoom.botId.indexOf(':'));
    const all = (await rooms.members(found.roomId))
      .filter((userId) => !input.localOnly || userId.endsWith(ours))
      .toSorted();
    if (input.reverse) all.reverse();
    const { rows: shown, page } = cut(all, input);
    return reply.listing(
      {
        columns: [{ key: 'user', title: 'User' }],
        show: ['user'],
        rows: shown.map((user) => ({ user })),
        data: shown,
        page,
      },
      say`${counted(all.length, input.localOnly ? 'member from this server' : 'member', input.localOnly ? 'members from this server' : 'members')} in ${code(found.roomId)}.`,
    );
  },
});
