import { z } from 'zod';
import { flag, listing, listingShort, text } from '../../core/fields.ts';
import { pageOf, windowOf } from '../../core/page.ts';
import { Problem } from '../../core/problem.ts';
import { type Column, reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { type RoomQuery, type RoomRow, type Rooms, roomSorts } from '../../homeserver/homeserver.ts';
import { command } from '../define.ts';

const columns: readonly Column[] = [
  { key: 'name', title: 'Name' },
  { key: 'alias', title: 'Alias' },
  { key: 'room', title: 'Room' },
  { key: 'members', title: 'Members', align: 'right' },
  { key: 'local', title: 'Local', align: 'right' },
  { key: 'creator', title: 'Creator' },
  { key: 'version', title: 'Version' },
  { key: 'encryption', title: 'Encryption' },
  { key: 'federated', title: 'Federated' },
  { key: 'public', title: 'In the directory' },
  { key: 'joinRule', title: 'Join rule' },
];

const pageSize = 500;

async function* everyRow(rooms: Rooms, query: Omit<RoomQuery, 'from' | 'limit'>): AsyncGenerator<RoomRow> {
  for (let from = 0; ; from += pageSize) {
    const { rows, total } = await rooms.list({ ...query, from, limit: pageSize });
    yield* rows;
    if (rows.length === 0 || from + rows.length >= total) return;
  }
}

export default command({
  path: 'room list-rooms',
  aliases: ['room list', 'room search'],
  flat: ['list-rooms'],
  summary: 'List the rooms this server knows, most members first.',
  input: z.object({
    ...listing(roomSorts),
    excludeDisabled: flag.describe('Leave out rooms that do not federate.'),
    excludeBanned: flag.describe('Leave out rooms that are blocked here.'),
    noDetails: flag.describe('Only the ids, in a block that can be pasted into other commands.'),
    name: text.optional().describe('Only rooms whose name, alias or id matches.'),
    empty: flag.describe('Only rooms without a member from this server.'),
    noEmpty: flag.describe('Only rooms with a member from this server.'),
    public: flag.describe('Only rooms in the directory.'),
  }),
  positionals: ['page'],
  long: { page: 'page' },
  short: { ...listingShort, n: 'name', e: 'empty', E: 'noEmpty' },
  examples: [
    ['The largest hundred', '!admin room list-rooms'],
    ['By name', '!admin room list --name lobby'],
    ['Ids of empty rooms, to paste', '!admin room list-rooms --empty --no-details --all'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms'],

  async run(input, { rooms }) {
    if (input.empty && input.noEmpty) {
      throw new Problem('usage', say`${code('--empty')} and ${code('--no-empty')} do not go together.`);
    }
    const window = windowOf(input);
    const query: Omit<RoomQuery, 'from' | 'limit'> = {
      sort: input.sort ?? 'joined_members',
      reverse: input.reverse,
      ...(input.name === undefined ? {} : { search: input.name }),
      ...(input.public ? { publicOnly: true } : {}),
    };
    const ours = input.empty || input.noEmpty || input.excludeDisabled || input.excludeBanned;
    let found: readonly RoomRow[];
    let total: number;
    if (ours || window.limit === undefined) {
      const kept: RoomRow[] = [];
      for await (const row of everyRow(rooms, query)) {
        if (input.empty && row.joinedLocalMembers > 0) continue;
        if (input.noEmpty && row.joinedLocalMembers === 0) continue;
        if (input.excludeDisabled && row.federatable === false) continue;
        if (input.excludeBanned && (await rooms.isBlocked(row.roomId))) continue;
        kept.push(row);
      }
      total = kept.length;
      found = kept.slice(window.from, window.limit === undefined ? undefined : window.from + window.limit);
    } else {
      ({ rows: found, total } = await rooms.list({ ...query, from: window.from, limit: window.limit }));
    }
    const page = pageOf(window, found.length, total);
    const heading = say`${counted(total, 'room')}.`;
    if (input.noDetails) {
      return reply.says(heading, {
        data: found.map((row) => row.roomId),
        blocks: [{ kind: 'code', text: found.map((row) => row.roomId).join('\n') }],
      });
    }
    return reply.listing(
      {
        columns,
        show: ['name', 'alias', 'room', 'members', 'local'],
        rows: found.map((row) => ({
          name: row.name,
          alias: row.canonicalAlias,
          room: row.roomId,
          members: row.joinedMembers,
          local: row.joinedLocalMembers,
          creator: row.creator,
          version: row.version,
          encryption: row.encryption,
          federated: row.federatable,
          public: row.public,
          joinRule: row.joinRules,
        })),
        data: found.map((row) => row.raw),
        page,
      },
      heading,
    );
  },
});
