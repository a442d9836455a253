import type { z } from 'zod';
import { flag, listing, listingShort } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import type { Column, Reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { type RoomQuery, type RoomRow, roomSorts } from '../../homeserver/rooms.ts';
import type { Capabilities } from '../define.ts';
import { disabledSince } from '../federation/room-acl.ts';
import { inParallel } from '../in-parallel.ts';
import { type PagedListing, paged } from '../paged.ts';

/** The flags by which a listing of rooms is narrowed, sorted and paged. */
export const roomFilters = once(() => ({
  ...listing(roomSorts),
  excludeDisabled: flag.describe(
    'Leave out rooms that do not federate, or were cut off with `federation disable-room`.',
  ),
  excludeBanned: flag.describe('Leave out rooms that are blocked here.'),
  noDetails: flag.describe('Only the ids, in a block that can be pasted into other commands.'),
  empty: flag.describe('Only rooms without a member from this server.'),
  noEmpty: flag.describe('Only rooms with a member from this server.'),
  public: flag.describe('Only rooms in the directory.'),
}));

export const roomFiltersShort = { ...listingShort, e: 'empty', E: 'noEmpty' } as const;

type RoomFilters = z.output<z.ZodObject<ReturnType<typeof roomFilters>>>;

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

const lookingAtOnce = 4;

/** What the listing asks. */
export const roomsListingNeeds = ['rooms', 'roomData', 'ledger', 'adminRoom'] as const;
type Caps = Pick<Capabilities, (typeof roomsListingNeeds)[number]>;

/** The rows that our own filters leave. */
async function kept(caps: Caps, rows: readonly RoomRow[], input: RoomFilters): Promise<readonly RoomRow[]> {
  let left = rows.filter(
    (row) =>
      !(input.empty && row.joinedLocalMembers !== 0) &&
      !(input.noEmpty && row.joinedLocalMembers === 0) &&
      !(input.excludeDisabled && row.federatable === false),
  );
  const without = async (isOut: (row: RoomRow) => Promise<boolean>) => {
    const out = await inParallel(left, lookingAtOnce, isOut);
    left = left.filter((_, at) => !out[at]);
  };
  if (input.excludeDisabled) await without(async ({ roomId }) => (await disabledSince(roomId, caps)) !== undefined);
  if (input.excludeBanned) await without(({ roomId }) => caps.rooms.isBlocked(roomId));
  return left;
}

type Look = Pick<PagedListing<RoomRow>, 'columns' | 'show' | 'bare' | 'cells' | 'data'>;

const onlyIds: Look = {
  columns: columns.filter(({ key }) => key === 'room'),
  show: ['room'],
  bare: true,
  cells: ({ roomId }) => ({ room: roomId }),
  data: ({ roomId }) => roomId,
};

const inDetail: Look = {
  columns,
  // What is long comes last: a phone shows the first columns.
  show: ['name', 'members', 'local', 'alias', 'room'],
  cells: (row) => ({
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
  }),
  data: (row) => row.raw,
};

/** The rooms that a name, alias or id and the flags leave, most members first unless told. */
export async function roomsListing(input: RoomFilters, search: string | undefined, caps: Caps): Promise<Reply> {
  if (input.empty && input.noEmpty) {
    throw new Problem('usage', say`${code('--empty')} and ${code('--no-empty')} do not go together.`);
  }
  const query: Omit<RoomQuery, 'from' | 'limit'> = {
    sort: input.sort ?? 'joined_members',
    reverse: input.reverse,
    ...(search === undefined ? {} : { search }),
    ...(input.public ? { publicOnly: true } : {}),
  };
  const ours = input.empty || input.noEmpty || input.excludeDisabled || input.excludeBanned;
  return paged<RoomRow>(input, {
    list: (from, limit) => caps.rooms.list({ ...query, from, limit }),
    keep: ours ? (some) => kept(caps, some, input) : undefined,
    heading: (total) => say`${counted(total, 'room')}.`,
    ...(input.noDetails ? onlyIds : inDetail),
  });
}
