import { z } from 'zod';
import { localUser, room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { namedRoom } from '../room/named-room.ts';
import { notTheAdminRoom } from '../room/not-the-admin-room.ts';
import { roomIdOf } from '../room/room-id-of.ts';
import { puppetAccount } from './puppet-account.ts';

export default command({
  path: 'user force-leave-room',
  summary: 'Let a local account leave a room, or decline an invite to it.',
  cautions: ['It can come back, where the room lets it; `room block` or a ban in the room prevents that.'],
  input: () =>
    z.object({
      user: localUser.describe('Who leaves.'),
      room: room.describe('Which room, by id or alias.'),
    }),
  positionals: ['user', 'room'],
  examples: [['Out of the lobby', '!admin user force-leave-room bob #lobby']],
  danger: 'write',
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'rooms', 'puppets', 'adminRoom'],

  async run({ user, room: asked }, { users, rooms, puppets, adminRoom }) {
    await puppetAccount(user, { users, adminRoom }, 'take rooms from');
    const roomId = await roomIdOf(rooms, asked);
    notTheAdminRoom(roomId, adminRoom.roomId, 'make anybody leave');
    const before = (await users.memberships(user)).get(roomId);
    const inWords = await namedRoom(rooms, roomId);
    if (before !== 'join' && before !== 'invite' && before !== 'knock') {
      throw new Problem(
        'conflict',
        say`${code(user)} is not in ${inWords}${before === 'ban' ? ': it is banned from it' : ''}. Nothing was done.`,
        say`Where it is: ${commandLine(`user list-joined-rooms ${user}`)}`,
      );
    }
    await puppets.leave(user, roomId);
    const change = { before: { membership: before }, after: { membership: 'leave' } };
    return reply.done(
      before === 'join'
        ? say`${code(user)} has left ${inWords}.`
        : say`${code(user)} was not in ${inWords}; its ${before === 'invite' ? 'invite was declined' : 'knock was taken back'}.`,
      { change },
    );
  },

  async settle({ user, room: asked }, { users, rooms }) {
    const now = (await users.memberships(user)).get(await roomIdOf(rooms, asked));
    return now === 'join' || now === 'invite' || now === 'knock' ? 'not done' : 'done';
  },
});
