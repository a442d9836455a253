import { z } from 'zod';
import { cleanLines } from '../../core/clean.ts';
import { room } from '../../core/fields.ts';
import { type Block, reply } from '../../core/reply.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundRoom } from './found-room.ts';
import { roomInWords } from './named-room.ts';

const longest = 2_000;

export default command({
  path: 'room info view-room-topic',
  aliases: ['room topic', 'room view-room-topic'],
  summary: 'The topic of a room.',
  input: () => z.object({ room: room.describe('Its id or alias.') }),
  positionals: ['room'],
  examples: [['The lobby', '!admin room topic #lobby']],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'roomData'],

  async run({ room: asked }, { rooms, roomData }) {
    const found = await foundRoom(rooms, asked);
    // Synapse's own list of rooms leaves out a topic that holds a NUL.
    const [event] = await roomData.state(found.roomId, 'm.room.topic');
    const topic = typeof event?.content.topic === 'string' ? event.content.topic : '';
    const data = { room_id: found.roomId, topic };
    if (event === undefined && found.joinedLocalMembers === 0)
      return reply.says(
        say`The topic of ${roomInWords(found)} is not known: nobody of this server is in it any more.`,
        { data },
      );
    if (topic === '') return reply.says(say`${roomInWords(found)} has no topic.`, { data });
    const whole: Block = {
      kind: 'attachment',
      filename: 'topic.txt',
      mimetype: 'text/plain',
      content: cleanLines(topic),
      forReading: true,
    };
    const shown = topic.length > longest ? `${topic.slice(0, longest)}…` : topic;
    return reply.says(say`The topic of ${roomInWords(found)}:`, {
      data,
      blocks: [{ kind: 'code', text: shown }, ...(shown === topic ? [] : [whole])],
    });
  },
});
