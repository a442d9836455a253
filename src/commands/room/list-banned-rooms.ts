import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { flag, listing, listingShort } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { type Column, reply } from '../../core/reply.ts';
import { counted, joined, say } from '../../core/text.ts';
import type { Rooms } from '../../homeserver/rooms.ts';
import type { LedgerEntry } from '../../store/store.ts';
import { command } from '../define.ts';
import { everyRow } from '../every-row.ts';
import { inParallel } from '../in-parallel.ts';
import { bannedIn } from './banned.ts';

const lookingAtOnce = 4;
const sorts = ['banned', 'room', 'name', 'by'] as const;

const columns: readonly Column[] = [
  { key: 'name', title: 'Name' },
  { key: 'room', title: 'Room' },
  { key: 'banned', title: 'Banned' },
  { key: 'by', title: 'By' },
  { key: 'now', title: 'Now' },
  { key: 'aliases', title: 'Aliases it had' },
];

/** A room of the record, or one that a scan has found to be blocked. */
interface BannedRoom {
  readonly room: string;
  readonly name: string | null;
  readonly by: string;
  readonly banned: number | undefined;
  readonly entry: LedgerEntry | undefined;
}

export default command({
  path: 'room moderation list-banned-rooms',
  summary: 'The rooms that were banned by me, and how each of them stands now.',
  cautions: [
    'The homeserver keeps no list of blocked rooms. `--scan` asks it about every room it knows, which takes a while on a large server, and finds those that were blocked in another way, but for rooms it has never seen.',
  ],
  input: () =>
    z.object({
      ...listing(sorts),
      noDetails: flag.describe('Only the ids, in a block that can be pasted into other commands.'),
      scan: flag.describe('Also look at every room the server knows.'),
    }),
  short: listingShort,
  examples: [
    ['What is banned', '!admin room moderation list-banned-rooms'],
    ['And what was blocked in another way', '!admin room moderation list-banned-rooms --scan'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'ledger', 'clock'],

  async run(input, { rooms, ledger, clock }) {
    const all: BannedRoom[] = ledger.list('ban').map((entry) => ({
      room: entry.roomId,
      name: bannedIn(entry).name,
      by: entry.actor,
      banned: entry.at,
      entry,
    }));
    const recorded = new Set(all.map(({ room }) => room));
    for (const { roomId, name } of (await rooms.banned?.()) ?? [])
      if (!recorded.has(roomId)) all.push({ room: roomId, name, by: '', banned: undefined, entry: undefined });
    if (input.scan) all.push(...(await scanned(rooms, new Set(all.map(({ room }) => room)))));
    const { sort } = input;
    if (sort !== undefined && sort !== 'banned')
      all.sort((one, other) => (one[sort] ?? '').localeCompare(other[sort] ?? ''));
    if (input.reverse) all.reverse();
    const { rows, page } = cut(all, input);
    const states = await inParallel(rows, lookingAtOnce, (row) => stateOf(rooms, row));
    const off = states.filter(({ blocked }) => !blocked).length;
    const heading = joined(
      [
        say`${counted(all.length, 'room')}.`,
        ...(off === 0
          ? []
          : [say`⚠️ ${off.toLocaleString('en')} of those shown ${off === 1 ? 'is' : 'are'} not blocked any more.`]),
      ],
      ' ',
    );
    if (input.noDetails) {
      const ids = rows.map(({ room }) => ({ room }));
      const only = columns.filter(({ key }) => key === 'room');
      const data = rows.map(({ room }) => room);
      return reply.listing({ columns: only, show: ['room'], rows: ids, data, page, bare: true }, heading);
    }
    return reply.listing(
      {
        columns,
        show: ['name', 'room', 'banned', 'by', 'now'],
        rows: rows.map(({ room, name, by, banned, entry }, at) => ({
          name,
          room,
          banned: banned === undefined ? null : formatTime(banned, clock()),
          by,
          now: states[at]?.words,
          aliases: entry === undefined ? null : bannedIn(entry).aliases.join(', '),
        })),
        data: rows.map(({ room, name, by, banned, entry }, at) => ({
          room_id: room,
          name,
          by,
          banned_ts: banned ?? null,
          blocked: states[at]?.blocked ?? null,
          record: entry?.detail ?? null,
        })),
        page,
      },
      heading,
    );
  },
});

async function stateOf(rooms: Rooms, { room, entry }: BannedRoom): Promise<{ blocked: boolean; words: string }> {
  const [blocked, found] = await Promise.all([rooms.isBlocked(room), rooms.get(room)]);
  const members = found?.joinedLocalMembers ?? 0;
  const words = [
    blocked ? 'blocked' : 'not blocked any more',
    ...(members === 0 ? [] : [`${counted(members, 'local member')} in it`]),
    ...(entry === undefined ? ['not in my record'] : bannedIn(entry).state === 'begun' ? ['ban not finished'] : []),
  ];
  return { blocked, words: words.join(', ') };
}

/** Blocked rooms that the record does not have, asked one by one. */
async function scanned(rooms: Rooms, recorded: ReadonlySet<string>): Promise<BannedRoom[]> {
  const known: { roomId: string; name: string | null }[] = [];
  for await (const { roomId, name } of everyRow((from, limit) => rooms.list({ from, limit })))
    if (!recorded.has(roomId)) known.push({ roomId, name });
  const by = await inParallel(known, lookingAtOnce, ({ roomId }) => rooms.blockedBy(roomId));
  return known.flatMap(({ roomId, name }, at) => {
    const who = by[at];
    return who === undefined ? [] : [{ room: roomId, name, by: who, banned: undefined, entry: undefined }];
  });
}
