import { z } from 'zod';
import { room } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { roomIdOf } from './room-id-of.ts';

export default command({
  path: 'room block-status',
  summary: 'Whether a room is blocked on this server, and who blocked it.',
  input: () => z.object({ room: room.describe('Its id or alias.') }),
  positionals: ['room'],
  examples: [['Can people join it?', '!admin room block-status #lobby']],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'ledger'],

  async run({ room: asked }, { rooms, ledger }) {
    const roomId = await roomIdOf(rooms, asked);
    const [found, by] = await Promise.all([rooms.get(roomId), rooms.blockedBy(roomId)]);
    const unknown = found === undefined ? say` This server does not know that room.` : say``;
    const banned = ledger.get('ban', roomId);
    const record = banned === undefined ? say`` : say` ${code(banned.actor)} had me ban it.`;
    const data = { room_id: roomId, block: by !== undefined, ...(by ? { user_id: by } : {}) };
    if (by === undefined) return reply.says(say`${code(roomId)} is not blocked.${record}${unknown}`, { data });
    const whom = by === '' ? say`` : say`, by ${code(by)}`;
    return reply.says(say`${code(roomId)} is **blocked**${whom}.${record}${unknown}`, { data });
  },
});
