import { z } from 'zod';
import { room } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'room exists',
  summary: 'Does this server know the room?',
  input: () => z.object({ room: room.describe('Its id or alias.') }),
  positionals: ['room'],
  examples: [['By alias', '!admin room exists #lobby']],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms'],
  async run({ room: asked }, { rooms }) {
    const roomId = await rooms.resolve(asked);
    if (roomId === undefined)
      return reply.says(say`No: the alias ${code(asked)} leads nowhere.`, { data: { exists: false } });
    const found = await rooms.get(roomId);
    if (!found)
      return reply.says(say`No: this server does not know ${code(roomId)}.`, {
        data: { exists: false, room_id: roomId },
      });
    return reply.says(
      say`Yes: ${code(roomId)}${found.name === null ? '' : say`, “${found.name}”`}, ${counted(found.joinedMembers, 'member')}${found.joinedLocalMembers === null ? '' : `, ${counted(found.joinedLocalMembers, 'of them', 'of them')} from this server`}.`,
      { data: { exists: true, room_id: roomId } },
    );
  },
});
