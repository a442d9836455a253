import { z } from 'zod';
import { flag, user } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { type Cell, reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user list-joined-rooms',
  aliases: ['user membership'],
  summary: 'The rooms an account is in, with name and members.',
  input: z.object({
    user: user.describe('Which account; of a remote one, the rooms shared with this server are known.'),
    allMemberships: flag.describe('Also invited, left, banned and knocking.'),
    aliases: flag.describe('Only the aliases.'),
    ids: flag.describe('Only the room ids.'),
  }),
  positionals: ['user'],
  examples: [
    ['Where is alice?', '!admin user list-joined-rooms alice'],
    ['Invites and bans too', '!admin user membership alice --all-memberships'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['users', 'rooms', 'adminRoom'],

  async run(input, { users, rooms, adminRoom }) {
    if (input.aliases && input.ids) {
      throw new Problem('usage', say`${code('--aliases')} and ${code('--ids')} do not go together.`);
    }
    const local = input.user.endsWith(adminRoom.botId.slice(adminRoom.botId.indexOf(':')));
    if (local) await localAccount(users, input.user);
    const memberships = input.allMemberships
      ? [...(await users.memberships(input.user))]
      : (await users.joinedRooms(input.user)).map((roomId) => [roomId, 'join'] as const);
    const rows: Record<string, Cell>[] = [];
    for (const [roomId, membership] of memberships) {
      const room = await rooms.get(roomId);
      rows.push({
        name: room?.name,
        alias: room?.canonicalAlias,
        room: roomId,
        members: room?.joinedMembers,
        membership,
      });
    }
    rows.sort((a, b) => Number(b.members ?? 0) - Number(a.members ?? 0));
    const only = input.aliases ? ['alias'] : input.ids ? ['room'] : undefined;
    return reply.listing(
      {
        columns: [
          { key: 'name', title: 'Name' },
          { key: 'alias', title: 'Alias' },
          { key: 'room', title: 'Room' },
          { key: 'members', title: 'Members', align: 'right' },
          { key: 'membership', title: 'Membership' },
        ],
        show:
          only ??
          (input.allMemberships
            ? ['name', 'alias', 'room', 'members', 'membership']
            : ['name', 'alias', 'room', 'members']),
        rows,
      },
      say`${code(input.user)} is in ${counted(rows.length, 'room')}.`,
    );
  },
});
