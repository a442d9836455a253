import { serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { code, joined, say, type Text } from '../../core/text.ts';
import type { RoomDetails, Rooms } from '../../homeserver/rooms.ts';
import { inParallel } from '../in-parallel.ts';

const lookingAtOnce = 4;
const namedReasons = 10;

export interface ListedRooms {
  /** Each room once, in the order of the list; `room` is undefined where this server does not know it. */
  readonly found: readonly { readonly roomId: string; readonly room: RoomDetails | undefined }[];
  readonly skipped: readonly { readonly id: string; readonly why: Text }[];
}

interface Caps {
  readonly rooms: Rooms;
  readonly adminRoom: { readonly roomId: string; readonly botId: string };
}

/** The rooms that a list of ids and aliases means; `doing`: "delete", what never happens to the admin room. */
export async function listedRooms(
  { rooms, adminRoom }: Caps,
  names: readonly string[],
  doing: string,
): Promise<ListedRooms> {
  const ourServer = serverOf(adminRoom.botId);
  const looked = await inParallel(names, lookingAtOnce, async (name) => {
    const roomId = await resolved(name);
    return typeof roomId === 'string' ? { roomId, room: await rooms.get(roomId) } : roomId;
  });
  const found = new Map<string, { roomId: string; room: RoomDetails | undefined }>();
  const firstName = new Map<string, string>();
  const skipped: { id: string; why: Text }[] = [];
  for (const [at, name] of names.entries()) {
    const look = looked[at];
    if (look === undefined) skipped.push({ id: name, why: say`the alias leads nowhere` });
    else if ('why' in look) skipped.push({ id: name, why: look.why });
    else if (look.roomId === adminRoom.roomId)
      skipped.push({ id: name, why: say`is the admin room, where I take my commands; I never ${doing} it` });
    else if (found.has(look.roomId))
      skipped.push({ id: name, why: say`the same room as ${code(firstName.get(look.roomId) ?? '')}` });
    else {
      found.set(look.roomId, look);
      firstName.set(look.roomId, name);
    }
  }
  return { found: [...found.values()], skipped };

  async function resolved(name: string): Promise<string | undefined | { why: Text }> {
    try {
      return await rooms.resolve(name);
    } catch (error) {
      // One server that cannot be asked for its alias must not keep a whole list from being looked at.
      if (error instanceof Problem && name.startsWith('#') && serverOf(name) !== ourServer) return { why: error.text };
      throw error;
    }
  }
}

/** The Problem where a list leaves nothing to do. */
export function nothingLeft(skipped: ListedRooms['skipped']): Problem {
  const reasons = skipped.slice(0, namedReasons).map(({ id, why }) => say`\n- ${code(id)}: ${why}`);
  const more = skipped.length - reasons.length;
  const rest = more > 0 ? [say`\n- and ${more.toLocaleString('en')} more`] : [];
  return new Problem(
    'conflict',
    joined([say`Of these rooms none is left, so nothing was done:\n`, ...reasons, ...rest], ''),
  );
}
