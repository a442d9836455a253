import { z } from 'zod';
import { formatDuration, formatTime } from '../../core/display.ts';
import { duration } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { code, commandLine, counted, joined, say, type Text, wordsOf } from '../../core/text.ts';
import type { RoomRow } from '../../homeserver/rooms.ts';
import { type Capabilities, command } from '../define.ts';
import { everyRow } from '../every-row.ts';
import { inParallel } from '../in-parallel.ts';
import { followDeletion } from './follow-deletion.ts';

const lookingAtOnce = 4;
const aDay = 24 * 60 * 60_000;
const namedReasons = 5;

type Caps = Pick<Capabilities, 'rooms' | 'deletions' | 'ledger' | 'clock'>;

export default command({
  path: 'room purge-empty',
  summary: 'Delete the rooms that nobody of this server is in any more.',
  cautions: [
    'Purging cannot be undone; people of other servers keep the rooms. Each room is looked at again when its turn comes.',
    'Left out are rooms with an invited or knocking user of this server, rooms that I have banned or cut off from federation, and those younger than `--min-age`, by their creation or else the oldest that is known of them.',
    'An invite that came from another server after the last person here had left cannot be seen, and is rejected.',
  ],
  input: () =>
    z.object({
      minAge: duration.default(aDay).describe('Leave out rooms younger than that; `0s` leaves out none.'),
    }),
  examples: [
    ['See what would go', '!admin room purge-empty --dry-run'],
    ['Only what is older than 30 days', '!admin room purge-empty --min-age 30d --dry-run'],
  ],
  danger: 'typed',
  role: 'admin',
  needs: ['rooms', 'deletions', 'ledger', 'clock'],

  async plan({ minAge }, caps) {
    const empty: RoomRow[] = [];
    for await (const row of everyRow((from, limit) => caps.rooms.list({ from, limit }))) {
      // Where that is not told, asking what is left of the room says what there is in place of it.
      if (row.joinedLocalMembers === null) await caps.deletions.remains(row.roomId);
      if (row.joinedLocalMembers === 0) empty.push(row);
    }
    const looks = await inParallel(empty, lookingAtOnce, (row) => look(caps, row, minAge));
    const targets = empty.flatMap(({ roomId }, at) => {
      const seen = looks[at];
      return seen === undefined || 'why' in seen ? [] : [{ id: roomId, note: seen.note }];
    });
    const skipped = empty.flatMap(({ roomId }, at) => {
      const seen = looks[at];
      return seen !== undefined && 'why' in seen ? [{ id: roomId, why: seen.why }] : [];
    });
    if (targets.length === 0) throw nothingEmpty(skipped);
    return {
      title: say`Purge ${counted(targets.length, 'room')} that nobody of this server is in.`,
      targets,
      skipped,
      cautions: [
        say`All their messages and state go from this server's database. **That cannot be undone.** Files stay in the media store.`,
        say`Their local aliases are gone then, and free for anybody.`,
        say`An invite that another server sent after the last person here had left cannot be seen, and is rejected.`,
      ],
      words: [String(targets.length)],
      frozen: { rooms: targets.map(({ id }) => id) },
    };
  },

  async run(_input, _caps, _asker, frozen) {
    const roomIds = frozen?.rooms ?? [];
    return {
      job: {
        items: roomIds.map((target) => ({ target })),
        heading: say`Purging ${counted(roomIds.length, 'empty room')}`,
      },
    };
  },

  job: {
    pace: 'purge',
    async step({ target }, { minAge }, caps, _asker, step) {
      if (step.kept === undefined) {
        const room = await caps.rooms.get(target);
        if (room === undefined) return { state: 'skipped', note: 'gone since the plan was shown' };
        const seen = await look(caps, room, minAge);
        if ('why' in seen) return { state: 'skipped', note: wordsOf(seen.why) };
      }
      return followDeletion(caps, target, { block: false, purge: true, forcePurge: false }, step);
    },
  },
});

/** Why a room stays, or what the plan says of one that goes. */
async function look(
  { deletions, ledger, clock }: Omit<Caps, 'rooms'>,
  { roomId, joinedMembers, joinedLocalMembers }: RoomRow,
  minAgeMs: number,
): Promise<{ readonly why: Text } | { readonly note: Text }> {
  if (joinedLocalMembers !== 0) return { why: say`somebody of this server is in it` };
  if (ledger.get('ban', roomId)) return { why: say`is in my record of banned rooms` };
  if (ledger.get('federation', roomId)) return { why: say`is in my record of rooms without federation` };
  const { since, awaiting } = await deletions.remains(roomId);
  const [who] = awaiting;
  if (who !== undefined) return { why: say`${code(who)} is invited to it, or knocks` };
  if (minAgeMs > 0 && since === undefined) return { why: say`its age is not known here` };
  if (since !== undefined && clock() - since < minAgeMs)
    return { why: say`younger than ${formatDuration(minAgeMs)}: known since ${formatTime(since, clock())}` };
  const age = since === undefined ? say`age unknown` : say`known since ${formatTime(since, clock())}`;
  return { note: joinedMembers === 0 ? age : say`${age}, ${counted(joinedMembers, 'member')} on other servers` };
}

function nothingEmpty(skipped: readonly { readonly id: string; readonly why: Text }[]): Problem {
  if (skipped.length === 0)
    return new Problem('conflict', say`There is no empty room: in each of them is somebody of this server.`);
  const shown = skipped.slice(0, namedReasons).map(({ id, why }) => say`\n- ${code(id)}: ${why}`);
  const more = skipped.length - shown.length;
  return new Problem(
    'conflict',
    joined(
      [
        say`There is no empty room to purge; left out:\n`,
        ...shown,
        ...(more > 0 ? [say`\n- and ${more.toLocaleString('en')} more`] : []),
      ],
      '',
    ),
    say`${commandLine('room list-rooms --empty')} shows all of them; ${code('--min-age')} lowers the age.`,
  );
}
