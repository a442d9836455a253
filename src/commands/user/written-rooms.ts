import { Problem } from '../../core/problem.ts';
import { code, commandLine, counted, joined, say, type Text } from '../../core/text.ts';
import type { Redactions, Written } from '../../homeserver/redactions.ts';
import type { RoomDetails, Rooms } from '../../homeserver/rooms.ts';
import type { Users } from '../../homeserver/users.ts';
import { inParallel } from '../in-parallel.ts';
import { foundRoom } from '../room/found-room.ts';
import { roomMark } from '../room/room-mark.ts';

const lookingAtOnce = 4;

/** A room in which somebody wrote something that can still be read. */
export interface WrittenRoom {
  readonly roomId: string;
  readonly room: RoomDetails | undefined;
  /** Local ones. */
  readonly aliases: readonly string[];
  readonly written: Written;
  /** How much of that a limit reaches. */
  readonly due: number;
}

export interface WrittenRooms {
  /** The room with the most to redact first. */
  readonly rooms: readonly WrittenRoom[];
  /** How many were looked at. */
  readonly looked: number;
}

type Caps = { readonly users: Users; readonly rooms: Rooms; readonly redactions: Redactions };

/**
 * Where an account wrote something that can still be read: in all the rooms it is or was a member of, left ones too, or
 * in those `named` by id or alias. Throws `Problem` for a named room that it never was in.
 */
export async function writtenRooms(
  { users, rooms, redactions }: Caps,
  userId: string,
  {
    named = [],
    limit = Number.POSITIVE_INFINITY,
  }: { readonly named?: readonly string[]; readonly limit?: number } = {},
): Promise<WrittenRooms> {
  const memberships = await users.memberships(userId);
  const ids = new Set(memberships.keys());
  if (named.length > 0) {
    ids.clear();
    for (const name of named) ids.add((await foundRoom(rooms, name)).roomId);
  }
  const found = await inParallel([...ids], lookingAtOnce, async (roomId): Promise<WrittenRoom | undefined> => {
    const written = await redactions.written(userId, roomId);
    // A room that no local member is in any more is missing from the memberships, but what was written there is not.
    if (named.length > 0 && written.total === 0 && !memberships.has(roomId)) throw neverThere(userId, roomId);
    if (written.readable.length === 0) return undefined;
    const due = written.readable.filter(({ nth }) => nth > written.total - limit).length;
    return { roomId, written, due, room: await rooms.get(roomId), aliases: await rooms.aliases(roomId) };
  });
  const withMessages = found.filter((one) => one !== undefined);
  withMessages.sort((one, other) => other.due - one.due);
  return { rooms: withMessages, looked: ids.size };
}

function neverThere(userId: string, roomId: string): Problem {
  return new Problem(
    'not-found',
    say`${code(userId)} was never in ${code(roomId)}.`,
    say`Look where it is and was with ${commandLine(`user list-joined-rooms ${userId} --all-memberships`)}.`,
  );
}

/** How many messages and joins there are to redact in these rooms. */
export function dueIn(rooms: readonly WrittenRoom[]): number {
  return rooms.reduce((sum, { due }) => sum + due, 0);
}

/** What a plan says of such a room; `mine`: the rooms of who asks. */
export function writtenRoomNote(
  { roomId, room, aliases, due }: WrittenRoom,
  adminRoomId: string,
  mine: ReadonlySet<string>,
): Text {
  return joined([
    ...(roomId === adminRoomId ? [say`**the admin room**`] : []),
    say`${counted(due, 'message')}`,
    ...(room === undefined ? [] : [roomMark(room, aliases, mine)]),
  ]);
}
