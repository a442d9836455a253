import { z } from 'zod';
import { flag, listing, listingShort, user } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { cut, windowOf } from '../../core/page.ts';
import { Problem } from '../../core/problem.ts';
import { type Listing, reply } from '../../core/reply.ts';
import { code, counted, joined, say, type Text } from '../../core/text.ts';
import { type RoomRow, roomSorts } from '../../homeserver/rooms.ts';
import type { Membership } from '../../homeserver/users.ts';
import { compareFields } from '../compare-fields.ts';
import { command } from '../define.ts';
import { inParallel } from '../in-parallel.ts';
import { localAccount } from './local-account.ts';

const lookingAtOnce = 4;

interface Row {
  readonly roomId: string;
  readonly membership: Membership;
  /** Undefined where this server does not know the room. */
  readonly room: RoomRow | undefined;
}

/** "joined", as people call it. */
const words: Readonly<Record<Membership, string>> = {
  join: 'joined',
  invite: 'invited',
  knock: 'knocking',
  leave: 'left',
  ban: 'banned',
};

/** "3 joined, 1 invited" */
function tally(memberships: readonly Membership[]): Text {
  const counts = Map.groupBy(memberships, (membership) => membership);
  return joined(
    (Object.keys(words) as Membership[]).flatMap((membership) => {
      const count = counts.get(membership)?.length ?? 0;
      return count === 0 ? [] : [say`${count.toLocaleString('en')} ${words[membership]}`];
    }),
  );
}

function listed(rows: readonly Row[], show: 'table' | 'aliases' | 'ids', all: boolean): Omit<Listing, 'page'> {
  if (show !== 'table') {
    const names = rows.map(({ roomId, room }) => (show === 'ids' ? roomId : (room?.canonicalAlias ?? roomId)));
    const columns = [{ key: 'room', title: 'Room' }];
    return { columns, show: ['room'], rows: names.map((room) => ({ room })), data: names, bare: true };
  }
  return {
    columns: [
      { key: 'name', title: 'Name' },
      { key: 'alias', title: 'Alias' },
      { key: 'members', title: 'Members', align: 'right' },
      { key: 'membership', title: 'Membership' },
      { key: 'room', title: 'Room' },
    ],
    show: ['name', 'members', ...(all ? ['membership'] : []), 'alias', 'room'],
    rows: rows.map(({ roomId, membership, room }) => ({
      name: room?.name,
      alias: room?.canonicalAlias,
      members: room?.joinedMembers,
      membership: words[membership],
      room: roomId,
    })),
    data: rows.map(({ roomId, membership, room }) => ({ ...room?.raw, room_id: roomId, membership })),
  };
}

export default command({
  path: 'user list-joined-rooms',
  aliases: ['user membership'],
  summary: 'The rooms an account is in, with name and members.',
  input: () =>
    z.object({
      user: user.describe('Which account; of a remote one, the rooms shared with this server are known.'),
      allMemberships: flag.describe('Also invited, left, banned and knocking.'),
      aliases: flag.describe('Only the aliases, in a block to paste; where a room has none, its id.'),
      ids: flag.describe('Only the room ids, in a block to paste.'),
      ...listing(roomSorts),
    }),
  positionals: ['user'],
  short: listingShort,
  examples: [
    ['Where is alice?', '!admin user list-joined-rooms alice'],
    ['Invites and bans too', '!admin user membership alice --all-memberships'],
    ['Ids to paste into another command', '!admin user list-joined-rooms alice --ids --all'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['users', 'rooms', 'adminRoom'],

  async run(input, { users, rooms, adminRoom }) {
    if (input.aliases && input.ids) {
      throw new Problem('usage', say`${code('--aliases')} and ${code('--ids')} do not go together.`);
    }
    const local = serverOf(input.user) === serverOf(adminRoom.botId);
    if (local) await localAccount(users, input.user);
    const memberships: readonly (readonly [string, Membership])[] = input.allMemberships
      ? [...(await users.memberships(input.user))]
      : (await users.joinedRooms(input.user)).map((roomId) => [roomId, 'join'] as const);
    const who = code(input.user);
    if (memberships.length === 0) {
      const known = local ? say`` : say` that this server knows`;
      return reply.says(say`${who} is in no room${known}.`, { data: [] });
    }
    // What contradicts itself is refused before so many calls.
    windowOf(input);
    const told = input.allMemberships ? undefined : await users.joinedRoomRows?.(input.user);
    const sort = input.sort ?? 'joined_members';
    const found = await inParallel(
      memberships,
      lookingAtOnce,
      async ([roomId, membership]): Promise<Row> => ({
        roomId,
        membership,
        room: told === undefined ? await rooms.get(roomId) : told.find((row) => row.roomId === roomId),
      }),
    );
    found.sort((one, other) => compareFields(one.room?.raw[sort], other.room?.raw[sort]));
    if (input.reverse) found.reverse();
    const { rows: shown, page } = cut(found, input);
    const show = input.aliases ? 'aliases' : input.ids ? 'ids' : 'table';
    return reply.listing(
      { ...listed(shown, show, input.allMemberships), page },
      input.allMemberships
        ? say`Rooms of ${who}: ${tally(memberships.map(([, membership]) => membership))}.`
        : say`${who} is in ${counted(found.length, 'room')}.`,
    );
  },
});
