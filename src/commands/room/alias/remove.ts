import { z } from 'zod';
import { localAlias } from '../../../core/fields.ts';
import { reply } from '../../../core/reply.ts';
import { code, say } from '../../../core/text.ts';
import { command } from '../../define.ts';
import { namedRoom } from '../named-room.ts';
import { notTheAdminRoom } from '../not-the-admin-room.ts';
import { staleNote } from './canonical-alias.ts';
import { foundAlias } from './found-alias.ts';
import { notReserved } from './not-reserved.ts';

export default command({
  path: 'room alias remove',
  flat: ['remove-alias'],
  summary: 'Remove an alias of this server.',
  cautions: [
    'A room that names the alias as its address goes on doing so, unless I have power in it; the reply says when that is the case.',
  ],
  input: () => z.object({ localpart: localAlias.describe('The alias; ours, with or without # and server.') }),
  positionals: ['localpart'],
  examples: [['The entrance', '!admin room alias remove entrance']],
  danger: 'write',
  role: 'admin',
  needs: ['rooms', 'roomData', 'directory', 'adminRoom', 'wayBack'],

  async run({ localpart: alias }, { rooms, roomData, directory, adminRoom, wayBack }) {
    notReserved(alias);
    // Otherwise a change that was cut short before would bring it back.
    wayBack.forgetAlias(alias);
    const { roomId } = await foundAlias(directory, alias);
    notTheAdminRoom(roomId, adminRoom.roomId, 'take an alias from');
    const room = await namedRoom(rooms, roomId);
    await directory.remove(alias);
    return reply.done(say`Removed ${code(alias)}, which led to ${room}.${await staleNote(roomData, roomId, alias)}`, {
      data: { alias, old_room_id: roomId },
      change: { before: { room: roomId }, after: { room: null } },
    });
  },

  settle: async ({ localpart: alias }, { directory }) =>
    (await directory.find(alias)) === undefined ? 'done' : 'not done',
  complete: async ({ localpart: alias }) => reply.done(say`${code(alias)} leads nowhere any more.`),
});
