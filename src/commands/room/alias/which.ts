import { z } from 'zod';
import { localAlias } from '../../../core/fields.ts';
import { reply } from '../../../core/reply.ts';
import { code, say } from '../../../core/text.ts';
import { command } from '../../define.ts';
import { namedRoom } from '../named-room.ts';
import { foundAlias } from './found-alias.ts';

export default command({
  path: 'room alias which',
  summary: 'Where an alias of this server leads.',
  input: () => z.object({ localpart: localAlias.describe('The alias; ours, with or without # and server.') }),
  positionals: ['localpart'],
  examples: [['The lobby', '!admin room alias which lobby']],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'directory'],
  async run({ localpart: alias }, { rooms, directory }) {
    const { roomId, servers } = await foundAlias(directory, alias);
    return reply.says(say`${code(alias)} leads to ${await namedRoom(rooms, roomId)}.`, {
      data: { alias, room_id: roomId, servers },
    });
  },
});
