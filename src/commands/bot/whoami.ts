import { z } from 'zod';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'bot whoami',
  summary: 'Who you are to the bot, and what you may.',
  input: () => z.object({}),
  examples: [['What may I do?', '!admin bot whoami']],
  danger: 'read',
  role: 'viewer',
  local: true,
  needs: ['adminRoom'],
  async run(_, { adminRoom }, asker) {
    return reply.says(
      say`You are ${code(asker.userId)}, role **${asker.role}**. I am ${code(adminRoom.botId)}, and this room is ${code(adminRoom.roomId)}.`,
      { data: { user_id: asker.userId, role: asker.role, bot: adminRoom.botId, room_id: adminRoom.roomId } },
    );
  },
});
