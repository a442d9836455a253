import { z } from 'zod';
import { room } from '../../core/fields.ts';
import { counted, say, type Text } from '../../core/text.ts';
import { command } from '../define.ts';
import { ifTold } from '../if-told.ts';
import { inParallel } from '../in-parallel.ts';
import { banOne } from './ban-one.ts';
import { banCautions, banHelp, banMark, bannedAlready } from './ban-plan.ts';
import { listedRooms, nothingLeft } from './listed-rooms.ts';

const lookingAtOnce = 4;

export default command({
  path: 'room moderation ban-list-of-rooms',
  summary: 'Ban every room of a pasted list, one after the other.',
  cautions: [...banHelp, 'Rooms that this server has never seen are blocked, by their ids.'],
  input: () => z.object({ rooms: z.array(room).describe('One room a line, by id or alias.') }),
  body: { kind: 'list', into: 'rooms', required: true },
  examples: [['See what it would do', '!admin room moderation ban-list-of-rooms --dry-run\n```\n#lobby\n```']],
  danger: 'typed',
  role: 'admin',
  needs: ['rooms', 'deletions', 'directory', 'users', 'ledger', 'adminRoom'],

  async plan(input, caps, asker) {
    const { found, skipped } = await listedRooms(caps, input.rooms, 'ban');
    const why = await inParallel(found, lookingAtOnce, (one) => bannedAlready(caps, one.roomId, one.room));
    const left: { id: string; why: Text }[] = [...skipped];
    const targets = found.filter(({ roomId }, at) => {
      const reason = why[at];
      if (reason !== undefined) left.push({ id: roomId, why: reason });
      return reason === undefined;
    });
    if (targets.length === 0) throw nothingLeft(left);
    const mine = new Set((await ifTold(caps.users.joinedRooms(asker.userId))) ?? []);
    const notes = await inParallel(targets, lookingAtOnce, (one) => banMark(caps, one.roomId, one.room, mine));
    return {
      title: say`Ban ${counted(targets.length, 'room')} on this server.`,
      targets: targets.map(({ roomId }, at) => ({ id: roomId, note: notes[at] ?? say`` })),
      skipped: left,
      cautions: banCautions,
      words: [String(targets.length)],
      frozen: { rooms: targets.map(({ roomId }) => roomId) },
    };
  },

  async run(_input, _caps, _asker, frozen) {
    const roomIds = frozen?.rooms ?? [];
    return {
      job: {
        items: roomIds.map((target) => ({ target })),
        heading: say`Banning ${counted(roomIds.length, 'room')}`,
      },
    };
  },

  job: {
    pace: 'purge',
    step: ({ target }, _input, caps, asker, step) => banOne(caps, target, asker, step),
  },
});
