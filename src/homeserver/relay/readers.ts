import { Problem } from '../../core/problem.ts';
import { say } from '../../core/text.ts';

/** One line of a list of rooms. */
export interface RoomLine {
  readonly roomId: string;
  readonly members: number;
  /** As its people call it; their own words. */
  readonly name: string | null;
}

/** Reads exactly this text. */
export const exactly =
  (...texts: readonly string[]) =>
  (text: string): true | undefined =>
    texts.includes(text) ? true : undefined;

/** Reads a text that matches from its first sign to its last, with the values found in it. */
export const whole = <Value>(pattern: RegExp, pick: (...groups: string[]) => Value | undefined) => {
  const anchored = new RegExp(`^(?:${pattern.source})$`, pattern.flags);
  return (text: string): Value | undefined => {
    const found = anchored.exec(text);
    return found === null ? undefined : pick(...found.slice(1).map((group) => group ?? ''));
  };
};

/** True where the server means the user that was asked about; it answers in lower case. */
export const sameUser = (said: string, asked: string): boolean => said.toLowerCase() === asked.toLowerCase();

/** A sentence about one user, in which nobody else may be named. */
export const aboutUser = (pattern: RegExp, userId: string) =>
  whole(pattern, (said) => (said !== undefined && sameUser(said, userId) ? (true as const) : undefined));

/**
 * The lines under a heading that says how many they are. Names and ids in them are anybody's and may hold line breaks,
 * with which somebody could add lines of her own: a list whose lines are not as many as it says is not believed.
 */
export function countedLines(text: string, heading: RegExp, fenced: boolean): readonly string[] | undefined {
  const [first = '', ...rest] = text.split('\n');
  const count = Number(heading.exec(first)?.[1] ?? Number.NaN);
  if (Number.isNaN(count)) return undefined;
  const inner = fenced ? fencedLines(rest) : rest;
  if (inner === undefined) return undefined;
  const lines = count === 0 && inner.length === 1 && inner[0] === '' ? [] : inner;
  if (lines.length === count) return lines;
  // Fewer: the rest is still to come.
  if (lines.length < count) return undefined;
  throw contradiction(count, lines.length);
}

function fencedLines(lines: readonly string[]): readonly string[] | undefined {
  return lines.length >= 2 && /^```\w*$/.test(lines[0] ?? '') && lines.at(-1) === '```'
    ? lines.slice(1, -1)
    : undefined;
}

function contradiction(count: number, lines: number): Problem {
  return new Problem(
    'unavailable',
    say`The homeserver's list says that it has ${count} lines, and has ${lines}: a name in it holds a line break, so that nobody can tell which of them are true.`,
    say`Nothing was changed. Somebody may have made such a name to deceive.`,
  );
}

/** All lines in this form, or nothing. */
export function eachLine<Value>(
  lines: readonly string[] | undefined,
  read: (line: string) => Value | undefined,
): readonly Value[] | undefined {
  const values = lines?.map(read);
  return values?.every((value) => value !== undefined) ? (values as readonly Value[]) : undefined;
}

const roomLine = /^(!\S+)(?:\t| \| )Members: (\d+)(?:\t| \| )Name: (.*)$/;

/** `!id ⇥ Members: 3 ⇥ Name: Lobby`; a room without a name is called by its id. */
export function readRoomLine(line: string): RoomLine | undefined {
  const [, roomId, members, name] = roomLine.exec(line) ?? [];
  if (roomId === undefined || members === undefined) return undefined;
  return { roomId, members: Number(members), name: name === undefined || name === roomId ? null : name };
}

export const readRoomId = (line: string): string | undefined => /^!\S+$/.exec(line)?.[0];

export const readUserId = (line: string): string | undefined => /^@\S+:\S+$/.exec(line)?.[0];

/** What stands in a fence below a first line; its content may hold anything. */
export function fencedBelow(text: string, heading: RegExp): string | undefined {
  const [first = '', open = '', ...rest] = text.split('\n');
  if (!heading.test(first) || !/^```\w*$/.test(open) || rest.at(-1) !== '```') return undefined;
  return rest.slice(0, -1).join('\n');
}
