import { z } from 'zod';
import { clean } from '../../core/clean.ts';
import { room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { ifTold } from '../if-told.ts';
import { banOne } from './ban-one.ts';
import { banCautions, banHelp, banMark, bannedAlready } from './ban-plan.ts';
import { notTheAdminRoom } from './not-the-admin-room.ts';
import { roomIdOf } from './room-id-of.ts';
import { roomWords } from './room-mark.ts';

export default command({
  path: 'room moderation ban-room',
  aliases: ['room ban-room'],
  summary: 'Take everybody of this server out of a room and keep them out.',
  cautions: [...banHelp, 'A room that this server has never seen is blocked, by its id.'],
  input: () => z.object({ room: room.describe('Its id or alias.') }),
  positionals: ['room'],
  examples: [['See what it would do', '!admin room moderation ban-room #lobby --dry-run']],
  danger: 'typed',
  role: 'admin',
  needs: ['rooms', 'deletions', 'directory', 'users', 'ledger', 'adminRoom'],

  async plan({ room: asked }, caps, asker) {
    const { rooms, users, adminRoom } = caps;
    const roomId = await roomIdOf(rooms, asked);
    notTheAdminRoom(roomId, adminRoom.roomId, 'ban');
    const found = await rooms.get(roomId);
    if (await bannedAlready(caps, roomId, found))
      throw new Problem('conflict', say`${code(roomId)} is banned already; there is nothing to do.`);
    const mine = new Set((await ifTold(users.joinedRooms(asker.userId))) ?? []);
    return {
      title: say`Ban ${code(roomId)} on this server.`,
      targets: [{ id: roomId, note: await banMark(caps, roomId, found, mine) }],
      cautions: found === undefined ? banCautions.slice(-1) : banCautions,
      instead: say`${commandLine(`room block ${roomId}`)} only keeps people from joining.`,
      words: found === undefined ? [roomId] : roomWords(found),
      frozen: { roomId, name: clean(found?.name ?? '', 80) },
    };
  },

  async run(_input, _caps, _asker, frozen) {
    if (!frozen) throw new Problem('internal', say`The plan is lost; nothing was done.`);
    const { roomId, name } = frozen;
    const heading = name === '' ? say`Banning ${code(roomId)}` : say`Banning ${code(roomId)} (“${name}”)`;
    return { job: { items: [{ target: roomId }], heading } };
  },

  job: {
    pace: 'purge',
    step: ({ target }, _input, caps, asker, step) => banOne(caps, target, asker, step),
  },
});
