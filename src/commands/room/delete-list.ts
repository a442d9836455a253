import { z } from 'zod';
import { room } from '../../core/fields.ts';
import { counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { inParallel } from '../in-parallel.ts';
import { deleteRoom } from './delete-room.ts';
import { deletionChecks, deletionFlags, deletionShort, orderOf } from './deletion-flags.ts';
import { deletionCautions, deletionHelp, deletionMark } from './deletion-plan.ts';
import { listedRooms, nothingLeft } from './listed-rooms.ts';
import { newRoomCreator } from './new-room-creator.ts';

const lookingAtOnce = 4;

export default command({
  path: 'room delete-list',
  summary: 'Delete every room of a pasted list from this server, one after the other.',
  cautions: [...deletionHelp, 'With `-u` a new room is made for each of them.'],
  input: () =>
    z
      .object({ rooms: z.array(room).describe('One room a line, by id or alias.'), ...deletionFlags() })
      .check(...deletionChecks),
  body: { kind: 'list', into: 'rooms', required: true },
  short: deletionShort,
  examples: [['See what it would do', '!admin room delete-list --dry-run\n```\n#lobby\n```']],
  danger: 'typed',
  role: 'admin',
  needs: ['rooms', 'deletions', 'users', 'adminRoom'],

  async plan(input, caps, asker) {
    const order = orderOf(input);
    const creatorKnown = await newRoomCreator(caps.users, order);
    const { found, skipped } = await listedRooms(caps, input.rooms, 'delete');
    const known = found.flatMap(({ room: one }) => (one === undefined ? [] : [one]));
    const left = [
      ...skipped,
      ...found.flatMap(({ roomId, room: one }) => (one ? [] : [{ id: roomId, why: say`unknown to this server` }])),
    ];
    if (known.length === 0) throw nothingLeft(left);
    const mine = new Set(await caps.users.joinedRooms(asker.userId));
    const notes = await inParallel(known, lookingAtOnce, (one) => deletionMark(caps, one, mine));
    const howMany = counted(known.length, 'room');
    return {
      title: order.purge
        ? say`Delete ${howMany} from this server${order.block ? say` and block them` : say``}.`
        : say`Take everybody of this server out of ${howMany}${order.block ? say` and block them` : say``}.`,
      targets: known.map(({ roomId }, at) => ({ id: roomId, note: notes[at] ?? say`` })),
      skipped: left,
      cautions: deletionCautions(order, {
        aliases: true,
        remote: known.some(({ joinedMembers, joinedLocalMembers }) => joinedMembers > (joinedLocalMembers ?? 0)),
        creatorKnown,
      }),
      words: [String(known.length)],
      frozen: { rooms: known.map(({ roomId }) => roomId) },
    };
  },

  async run(_input, _caps, _asker, frozen) {
    const roomIds = frozen?.rooms ?? [];
    return {
      job: {
        items: roomIds.map((target) => ({ target })),
        heading: say`Deleting ${counted(roomIds.length, 'room')}`,
      },
    };
  },

  job: {
    pace: 'purge',
    step: ({ target }, input, caps, _asker, step) => deleteRoom(caps, target, orderOf(input), { v1: input.v1, step }),
  },
});
