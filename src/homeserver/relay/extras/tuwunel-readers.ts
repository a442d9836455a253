import { Problem } from '../../../core/problem.ts';
import { say } from '../../../core/text.ts';
import type { Order } from '../order.ts';
import { eachLine, readRoomLine, whole } from '../readers.ts';

/** Whether it means the room that was asked about; an alias is answered with the room's id. */
export const sameRoom = (said: string, asked: string): boolean => asked.startsWith('#') || said === asked;

/** Work on several things, of which none may have failed. Throws Problem where any has. */
export const allOf = (
  pattern: RegExp,
  pick: (...groups: string[]) => { readonly done: string; readonly failed: string } | undefined,
): Order<string>['read'] =>
  whole(pattern, (...groups) => {
    const told = pick(...groups);
    if (told === undefined || Number(told.failed) === 0) return told?.done;
    throw new Problem(
      'rejected',
      say`The homeserver did ${told.done}, and failed with ${told.failed}.`,
      say`Its log says why.`,
    );
  });

/** A table of events that are being worked on, and one of rooms; each says how many lines it has. */
export function readWalks(text: string): string | undefined {
  const [heading, ...parts] = text.split('\n').filter((line) => line !== '');
  const walks = counted(parts, /^(\d+) prev walks? in flight\.$/.exec(heading ?? '')?.[1], walkLine);
  if (walks === undefined) return undefined;
  const [below, ...rest] = walks;
  const rooms = counted(
    rest,
    /^(\d+) rooms? holding the federation lock with no walk\.$/.exec(below ?? '')?.[1],
    /^\| !\S+ \|$/,
  );
  return rooms?.length === 0 ? text : undefined;
}

const walkLine = /^\| !\S+ \| \$\S+ \| \S+ \| (?:fetch|walk) \| .* \|$/;

/** What stands behind a table of so many lines, and its two lines of heading where it has any. */
function counted(lines: readonly string[], count: string | undefined, line: RegExp): readonly string[] | undefined {
  if (count === undefined) return undefined;
  const length = Number(count) === 0 ? 0 : Number(count) + 2;
  const table = lines.slice(0, length);
  if (table.length < length) return undefined;
  return table.slice(2).every((one) => line.test(one)) ? lines.slice(length) : undefined;
}

/** Rooms in a fence, and how many they are below it: their names are anybody's, and might hold a line break. */
export function readMatchingRooms(text: string): string | undefined {
  const found = /^Matching rooms:\n```\n([\s\S]*?\n)?```\nMatched (\d+) rooms\.$/.exec(text);
  if (found === null) return undefined;
  const lines = (found[1] ?? '').split('\n').slice(0, -1);
  const rooms = eachLine(lines, readRoomLine);
  if (rooms?.length === Number(found[2])) return rooms.length === 0 ? 'None.' : lines.join('\n');
  throw new Problem(
    'unavailable',
    say`The homeserver's list says that it has ${found[2] ?? '0'} rooms, and has ${lines.length} lines: a name in it holds a line break, so that nobody can tell which of them are true.`,
    say`Somebody may have made such a name to deceive.`,
  );
}
