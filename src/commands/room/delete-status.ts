import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { text } from '../../core/fields.ts';
import { parseRoom, serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { type Cell, type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, counted, joined, say } from '../../core/text.ts';
import type { Deletion, DeletionState } from '../../homeserver/deletions.ts';
import { command } from '../define.ts';

const words: Readonly<Record<DeletionState, string>> = {
  scheduled: 'scheduled: it waits for its turn',
  active: 'active: under way',
  complete: 'complete',
  failed: 'failed',
  cancelled: 'cancelled',
};
const named = 20;

export default command({
  path: 'room delete-status',
  summary: 'How far the deletion of a room is, or how it ended.',
  cautions: ['The homeserver remembers a deletion for some days after its end (Synapse: seven).'],
  input: () => z.object({ deletion: text.describe('The room, by id or alias, or the id of a deletion.') }),
  positionals: ['deletion'],
  examples: [['Of a room', '!admin room delete-status #lobby']],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'deletions', 'adminRoom', 'clock'],

  async run({ deletion: asked }, { rooms, deletions, adminRoom, clock }) {
    if (!/^[!#]/.test(asked)) {
      const found = asked === '' ? undefined : await deletions.get(asked);
      if (found !== undefined) return shown(found, [], clock());
      throw new Problem(
        'not-found',
        say`There is no deletion with the id ${code(asked)}, or the homeserver has forgotten it.`,
        say`A room can be named in its place, by its id or alias.`,
      );
    }
    const room = parseRoom(asked, serverOf(adminRoom.botId));
    const roomId = await rooms.resolve(room);
    if (roomId === undefined) {
      throw new Problem(
        'not-found',
        say`The alias ${code(room)} leads nowhere, as that of a deleted room does.`,
        say`Give the room's id, or the id of its deletion.`,
      );
    }
    const [latest, ...earlier] = await deletions.ofRoom(roomId);
    if (latest !== undefined) return shown(latest, earlier, clock());
    if ((await rooms.get(roomId)) === undefined) {
      throw new Problem('not-found', say`This server knows neither the room ${code(roomId)} nor a deletion of it.`);
    }
    return reply.says(say`No deletion of ${code(roomId)} is known: it is there, and was not deleted lately.`, {
      data: [],
    });
  },
});

function shown(latest: Deletion, earlier: readonly Deletion[], now: number): Reply {
  const list = (all: readonly string[]): Cell =>
    all.length === 0 ? null : `${all.slice(0, named).join(', ')}${all.length > named ? ' …' : ''}`;
  const fields: readonly (readonly [string, Cell])[] = [
    ['Deletion', latest.deleteId],
    ['Room', latest.roomId],
    ['State', words[latest.state]],
    ['Why', latest.error ?? null],
    ['People removed', latest.removed.length],
    ['Not removed', list(latest.notRemoved)],
    ['New room', latest.newRoomId],
    ['Aliases leading there now', list(latest.movedAliases)],
    ['Last moved', latest.changedAt === undefined ? null : formatTime(latest.changedAt, now)],
  ];
  const heading =
    earlier.length === 0
      ? undefined
      : say`The latest of ${counted(earlier.length + 1, 'deletion')}; ${commandLine('room delete-status …')} shows the others: ${joined(earlier.slice(0, named).map(({ deleteId }) => code(deleteId)))}.`;
  return reply.fields(
    fields.filter(([, value]) => value !== null),
    earlier.length === 0 ? latest.raw : [latest.raw, ...earlier.map(({ raw }) => raw)],
    heading,
  );
}
