import { z } from 'zod';
import { alias, room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { paragraph, reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundAlias } from './alias/found-alias.ts';
import { foundRoom } from './found-room.ts';
import { namedRoom, roomInWords } from './named-room.ts';

export default command({
  path: 'room resolve',
  summary: 'The room that an alias leads to, or the aliases that lead to a room.',
  input: () =>
    z.object({
      alias: alias.optional().describe('An alias of any server.'),
      reverse: room.optional().describe('The other way round: a room, whose local aliases are shown.'),
    }),
  positionals: ['alias'],
  short: { r: 'reverse' },
  examples: [
    ['Where does it lead?', '!admin room resolve #lobby'],
    ['What leads there?', '!admin room resolve -r #lobby'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'directory'],

  async run({ alias: asked, reverse }, { rooms, directory }) {
    if ((asked === undefined) === (reverse === undefined)) {
      throw new Problem(
        'usage',
        say`Give either an alias, or ${code('-r')} and a room.`,
        say`Usage: ${code('room resolve <alias>')} or ${code('room resolve -r <room>')}`,
      );
    }
    if (asked !== undefined) {
      const { roomId, servers } = await foundAlias(directory, asked);
      return reply.says(
        say`${code(asked)} leads to ${await namedRoom(rooms, roomId)}. Servers to join it through: ${servers.length === 0 ? 'none' : servers.slice(0, 10).join(', ')}${servers.length > 10 ? ' …' : ''}.`,
        { data: { alias: asked, room_id: roomId, servers } },
      );
    }
    const found = await foundRoom(rooms, reverse ?? '');
    const aliases = await rooms.aliases(found.roomId);
    const heading = say`${counted(aliases.length, 'local alias leads', 'local aliases lead')} to ${roomInWords(found)}.`;
    return {
      outcome: 'done',
      data: { room_id: found.roomId, aliases },
      blocks: [
        paragraph(heading),
        ...(aliases.length === 0 ? [] : [{ kind: 'list' as const, items: aliases.map(code) }]),
      ],
    };
  },
});
