import { counted } from '../../core/text.ts';
import type { Written } from '../../homeserver/redactions.ts';

/** A room in which something can still be read after a redaction. */
export interface LeftIn {
  readonly roomId: string;
  /** Older than the limit reaches, and so never come to. */
  readonly beyond: number;
  /** Within the limit, and not refused either: sent meanwhile, or never come to. */
  readonly missed: number;
  /** What the limit would have to be. */
  readonly total: number;
}

/** What a redaction has come to, read from the rooms themselves. */
export interface Redacted {
  readonly redacted: number;
  /** Rooms in which there was something to redact. */
  readonly rooms: number;
  readonly left: readonly LeftIn[];
  /** Event ids, with the homeserver's own words. */
  readonly refused: ReadonlyMap<string, string>;
  /** Why it stopped before its end: the homeserver's words, or ours. */
  readonly stopped: string | undefined;
  /** By which the homeserver's own work can be looked at. */
  readonly redactionId: string | undefined;
}

const shownReasons = 3;
const shownRooms = 3;

/** What can still be read in a room, and why; `undefined` where that is nothing, or was refused. */
export function leftIn(
  roomId: string,
  { readable, total }: Written,
  limit: number,
  refused: ReadonlyMap<string, string>,
): LeftIn | undefined {
  const left = readable.filter(({ eventId }) => !refused.has(eventId));
  const beyond = left.filter(({ nth }) => nth <= total - limit).length;
  return left.length === 0 ? undefined : { roomId, beyond, missed: left.length - beyond, total };
}

/** Whether all of it was done as it was asked for; a limit that was hit is as it was asked for. */
export function isWell({ refused, stopped, left }: Redacted): boolean {
  return refused.size === 0 && stopped === undefined && left.every(({ missed }) => missed === 0);
}

/** "124 messages redacted in 3 rooms; 2 refused: …; the limit of 1,000 was hit in 1 room, …", in plain words. */
export function redactedInWords(result: Redacted, limit: number): string {
  const { redacted, rooms, left, refused, stopped, redactionId } = result;
  const id = redactionId === undefined ? '' : ` (redaction ${redactionId})`;
  const words = [`${counted(redacted, 'message')} redacted in ${counted(rooms, 'room')}${id}`];
  if (refused.size > 0)
    words.push(`${refused.size.toLocaleString('en')} refused by the homeserver: ${reasonsOf(refused)}`);
  const beyond = left.filter((room) => room.beyond > 0);
  if (beyond.length > 0) {
    const needed = Math.max(...beyond.map(({ total }) => total));
    const hit = `the limit of ${limit.toLocaleString('en')} was hit in ${roomsOf(beyond)}`;
    words.push(
      `${hit}: ${counted(sum(beyond.map((room) => room.beyond)), 'older message is', 'older messages are')} still there, which --limit ${needed} reaches`,
    );
  }
  const missed = left.filter((room) => room.missed > 0);
  if (missed.length > 0)
    words.push(`${counted(sum(missed.map((room) => room.missed)), 'message')} can still be read in ${roomsOf(missed)}`);
  if (stopped !== undefined) words.push(stopped);
  return words.join('; ');
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}

function roomsOf(left: readonly LeftIn[]): string {
  const named = left.slice(0, shownRooms).map(({ roomId }) => roomId);
  const more = left.length - named.length;
  return `${named.join(', ')}${more === 0 ? '' : ` and ${counted(more, 'more room')}`}`;
}

/** The server's reasons name a room each, so that the same one looks different everywhere. */
function reasonsOf(refused: ReadonlyMap<string, string>): string {
  const bare = [...refused.values()].map((reason) =>
    (reason.split('\n', 1)[0] ?? '').replace(/ in room ![^ ]+( \(None\))?/g, ' in the room'),
  );
  const groups = [...Map.groupBy(bare, (reason) => reason)].sort(([, one], [, other]) => other.length - one.length);
  const named = groups
    .slice(0, shownReasons)
    .map(([reason, all]) => (groups.length === 1 ? reason : `${reason} (${all.length})`));
  return `${named.join('; ')}${groups.length > shownReasons ? '; and other reasons' : ''}`;
}
