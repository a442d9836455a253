import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { count, eventId, exactlyOneOf, flag, room, time } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, counted, joined, say, type Text } from '../../core/text.ts';
import type { PurgeOrder } from '../../homeserver/purges.ts';
import { command } from '../define.ts';
import { foundRoom } from '../room/found-room.ts';
import { notTheAdminRoom } from '../room/not-the-admin-room.ts';
import { roomMark, roomWords } from '../room/room-mark.ts';
import { followPurge } from './follow-purge.ts';

const dayMs = 24 * 60 * 60_000;

const frozenOrder = once(() => z.object({ eventId: z.string().nullable(), at: z.number() }));

export default command({
  path: 'history purge',
  summary: "Delete a room's old messages from this server's database.",
  cautions: [
    'It may take minutes, and meanwhile nobody can page back past that point.',
    'The last message of a room stays, and so does its state. What this server’s own people sent stays too, unless `--delete-local` is given: there may be no other copy of it.',
    'How it goes: active, complete or failed.',
  ],
  input: () =>
    z
      .object({
        room: room.describe('Its id or alias.'),
        beforeEventId: eventId.optional().describe('All before this event.'),
        beforeDays: count(1).optional().describe('All that is older than so many days.'),
        before: time.optional().describe('All before this time.'),
        beforeTs: time.optional().describe('The same in milliseconds since 1970.'),
        deleteLocal: flag.describe('Also what was sent from this server.'),
      })
      .check(exactlyOneOf('beforeEventId', 'beforeDays', 'before', 'beforeTs')),
  positionals: ['room'],
  short: { i: 'beforeEventId', d: 'beforeDays' },
  examples: [
    ['See what it would do', '!admin history purge #lobby --before-days 365 --dry-run'],
    ['All before a day', '!admin history purge #lobby --before 2026-01-31'],
  ],
  danger: 'typed',
  role: 'admin',
  needs: ['rooms', 'roomData', 'purges', 'users', 'adminRoom', 'clock'],

  async plan(input, { rooms, roomData, users, adminRoom, clock }, asker) {
    const found = await foundRoom(rooms, input.room);
    notTheAdminRoom(found.roomId, adminRoom.roomId, 'purge');
    const now = clock();
    let bound: Text;
    let at: number;
    if (input.beforeEventId === undefined) {
      at = input.before ?? input.beforeTs ?? now - (input.beforeDays ?? 0) * dayMs;
      if (at > now) throw new Problem('usage', say`${formatTime(at, now)} lies in the future; nothing was purged.`);
      bound = say`all before **${formatTime(at, now)}**`;
    } else {
      const event = await roomData.event(input.beforeEventId);
      if (event === undefined || event.roomId !== found.roomId)
        throw new Problem(
          'not-found',
          say`${code(input.beforeEventId)} is no event of ${code(found.roomId)} that this server knows.`,
        );
      at = event.sentAt;
      bound = say`all before ${code(event.eventId)}, sent **${formatTime(at, now)}**`;
    }
    const aliases = await rooms.aliases(found.roomId);
    const mine = new Set(await users.joinedRooms(asker.userId));
    return {
      title: say`Purge the history of ${code(found.roomId)}: ${bound}; how many messages that is, the server does not tell.`,
      targets: [{ id: found.roomId, note: joined([roomMark(found, aliases, mine)]) }],
      cautions: [
        say`**It cannot be undone.** Other servers in the room keep their copies.`,
        input.deleteLocal
          ? say`What this server's own people sent goes too, perhaps **the only copies**.`
          : say`What this server's own people sent stays.`,
        say`Meanwhile, for minutes perhaps, nobody can page back past that point. The last message and the state stay.`,
        ...(found.joinedMembers > (found.joinedLocalMembers ?? 0)
          ? []
          : [say`All ${counted(found.joinedMembers, 'member')} are from this server: nobody else has a copy.`]),
      ],
      words: roomWords(found),
      frozen: { roomId: found.roomId, eventId: input.beforeEventId ?? null, at },
    };
  },

  async run(_input, _caps, _asker, frozen) {
    if (frozen === undefined) throw new Problem('internal', say`The plan is lost; nothing was done.`);
    const { roomId, eventId: before, at } = frozen;
    return {
      job: {
        items: [{ target: roomId, data: { eventId: before, at } }],
        heading: say`Purging the history of ${code(roomId)} before ${before ?? formatTime(at)}`,
      },
    };
  },

  job: {
    pace: 'purge',
    step({ target, data }, { deleteLocal }, { purges }, _asker, step) {
      const { eventId: before, at } = frozenOrder().parse(data);
      const order: PurgeOrder = { before: before === null ? { at } : { eventId: before }, deleteLocal };
      return followPurge(purges, target, order, step);
    },
  },
});
