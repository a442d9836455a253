import { z } from 'zod';
import { clean } from '../../core/clean.ts';
import { room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { deleteRoom } from './delete-room.ts';
import { deletionChecks, deletionFlags, deletionShort, orderOf } from './deletion-flags.ts';
import { deletionCautions, deletionHelp, deletionInstead, deletionMark } from './deletion-plan.ts';
import { foundRoom } from './found-room.ts';
import { newRoomCreator } from './new-room-creator.ts';
import { notTheAdminRoom } from './not-the-admin-room.ts';
import { roomWords } from './room-mark.ts';

export default command({
  path: 'room delete',
  summary: 'Take everybody of this server out of a room, and delete the room from this server.',
  cautions: deletionHelp,
  input: () => z.object({ room: room.describe('Its id or alias.'), ...deletionFlags() }).check(...deletionChecks),
  positionals: ['room'],
  short: deletionShort,
  examples: [
    ['See what it would do', '!admin room delete #lobby --dry-run'],
    ['For good, and nobody comes back', '!admin room delete #lobby --block'],
    ['Tell its people why, in a new room', '!admin room delete #lobby -u alice -n "Closed" -m "This room is closed."'],
  ],
  danger: 'typed',
  role: 'admin',
  needs: ['rooms', 'deletions', 'users', 'adminRoom'],

  async plan(input, caps, asker) {
    const { rooms, users, adminRoom } = caps;
    const found = await foundRoom(rooms, input.room);
    notTheAdminRoom(found.roomId, adminRoom.roomId, 'delete');
    const order = orderOf(input);
    const creatorKnown = await newRoomCreator(users, order);
    const mine = new Set(await users.joinedRooms(asker.userId));
    return {
      title: order.purge
        ? say`Delete ${code(found.roomId)} from this server${order.block ? say` and block it` : say``}.`
        : say`Take everybody of this server out of ${code(found.roomId)}${order.block ? say` and block it` : say``}.`,
      targets: [{ id: found.roomId, note: await deletionMark(caps, found, mine) }],
      cautions: deletionCautions(order, {
        aliases: (await rooms.aliases(found.roomId)).length > 0,
        remote: found.joinedMembers > (found.joinedLocalMembers ?? 0),
        creatorKnown,
      }),
      instead: deletionInstead(found.roomId),
      words: roomWords(found),
      frozen: { roomId: found.roomId, name: found.name === null ? null : clean(found.name, 80) },
    };
  },

  async run(_input, _caps, _asker, frozen) {
    if (!frozen) throw new Problem('internal', say`The plan is lost; nothing was done.`);
    const { roomId, name } = frozen;
    return {
      job: {
        items: [{ target: roomId }],
        heading: name === null ? say`Deleting ${code(roomId)}` : say`Deleting ${code(roomId)} (“${name}”)`,
      },
    };
  },

  job: {
    pace: 'purge',
    step: ({ target }, input, caps, _asker, step) => deleteRoom(caps, target, orderOf(input), { v1: input.v1, step }),
  },
});
