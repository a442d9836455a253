import { z } from 'zod';
import { room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { type Block, paragraph } from '../../core/reply.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundRoom } from './found-room.ts';
import { roomInWords } from './named-room.ts';
import { powerIn } from './power-in.ts';

export default command({
  path: 'room power-levels',
  summary: 'Who may do what in a room.',
  input: () => z.object({ room: room.describe('Its id or alias.') }),
  positionals: ['room'],
  examples: [['The lobby', '!admin room power-levels #lobby']],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'roomData'],

  async run({ room: asked }, { rooms, roomData }) {
    const found = await foundRoom(rooms, asked);
    const [create] = await roomData.state(found.roomId, 'm.room.create');
    if (create === undefined) {
      throw new Problem(
        'conflict',
        say`The state of ${roomInWords(found)} is not known: nobody of this server is in it any more.`,
      );
    }
    const [levels] = await roomData.state(found.roomId, 'm.room.power_levels');
    const power = powerIn(create, levels);
    const users: Block = {
      kind: 'listing',
      listing: {
        columns: [
          { key: 'user', title: 'User' },
          { key: 'level', title: 'Level', align: 'right' },
          { key: 'note', title: '' },
        ],
        show: ['user', 'level', 'note'],
        rows: power.users.map(({ userId, level, creator }) => ({
          user: userId,
          level: level ?? 'above all',
          note: creator ? 'creator' : '',
        })),
      },
    };
    const needed: Block = { kind: 'fields', fields: power.needed };
    return {
      outcome: 'done',
      data: {
        room_id: found.roomId,
        creators: power.users.filter(({ creator }) => creator).map(({ userId }) => userId),
        power_levels: levels?.content ?? null,
      },
      blocks: [
        paragraph(say`Power in ${roomInWords(found)}:`),
        ...(power.users.length === 0 ? [paragraph(say`Nobody has more than the others.`)] : [users]),
        paragraph(say`Levels:`),
        needed,
        ...(levels === undefined
          ? [paragraph(say`The room sets no levels; these are those of the specification.`)]
          : []),
      ],
    };
  },
});
