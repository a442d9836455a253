import { z } from 'zod';
import { listing, listingShort, user } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { cut } from '../../core/page.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { inParallel } from '../in-parallel.ts';

const lookingAtOnce = 4;

export default command({
  path: 'federation remote-user-in-rooms',
  summary: 'The rooms that this server shares with somebody of another one.',
  cautions: ['Of other rooms this server knows nothing; and what it knows may be out of date.'],
  input: () => z.object({ user: user.describe('The whole id.'), ...listing(['name', 'members', 'room']) }),
  positionals: ['user'],
  short: listingShort,
  examples: [['Where is he?', '!admin federation remote-user-in-rooms @dave:matrix.org']],
  danger: 'read',
  role: 'viewer',
  needs: ['users', 'rooms', 'adminRoom'],

  async run(input, { users, rooms, adminRoom }) {
    const { user: userId, sort = 'members' } = input;
    if (serverOf(userId) === serverOf(adminRoom.botId))
      throw new Problem(
        'usage',
        say`${code(userId)} is of this server.`,
        say`${commandLine(`user list-joined-rooms ${userId}`)} shows the rooms of one's own users.`,
      );
    const joinedRooms = await users.joinedRooms(userId);
    if (joinedRooms.length === 0)
      return reply.says(say`This server shares no room with ${code(userId)}, as far as it knows.`, { data: [] });
    const told = await users.joinedRoomRows?.(userId);
    const found = await inParallel(joinedRooms, lookingAtOnce, async (roomId) => ({
      roomId,
      details: told === undefined ? await rooms.get(roomId) : told.find((row) => row.roomId === roomId),
    }));
    found.sort((one, other) => {
      if (sort === 'members') return (other.details?.joinedMembers ?? 0) - (one.details?.joinedMembers ?? 0);
      const [a, b] = [one, other].map((row) => (sort === 'name' ? (row.details?.name ?? '') : row.roomId));
      return (a ?? '').localeCompare(b ?? '');
    });
    if (input.reverse) found.reverse();
    const { rows, page } = cut(found, input);
    return reply.listing(
      {
        columns: [
          { key: 'name', title: 'Name' },
          { key: 'alias', title: 'Alias' },
          { key: 'members', title: 'Members', align: 'right' },
          { key: 'local', title: 'Local', align: 'right' },
          { key: 'room', title: 'Room' },
        ],
        show: ['name', 'members', 'local', 'alias', 'room'],
        rows: rows.map(({ roomId, details }) => ({
          name: details?.name,
          alias: details?.canonicalAlias,
          members: details?.joinedMembers,
          local: details?.joinedLocalMembers,
          room: roomId,
        })),
        data: rows.map(({ roomId, details }) => details?.raw ?? { room_id: roomId }),
        page,
      },
      say`${code(userId)} is in ${counted(found.length, 'room')} with people of this server.`,
    );
  },
});
