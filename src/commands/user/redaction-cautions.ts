import { code, commandLine, counted, say, type Text } from '../../core/text.ts';
import type { WrittenRooms } from './written-rooms.ts';

/** From so many redacted messages in a room on, what they leave behind there is worth a word. */
const manyExtremities = 20;

export interface RedactionPlan {
  readonly userId: string;
  /** For each room; undefined where all of it is redacted. */
  readonly limit?: number;
  /** By the bot's own power, not in the name of the account. */
  readonly byBot?: boolean;
}

/** What must be known before what somebody wrote is redacted. */
export function redactionCautions(
  found: WrittenRooms,
  { userId, limit, byBot = false }: RedactionPlan,
): readonly Text[] {
  const { rooms, looked } = found;
  const most = Math.max(0, ...rooms.map(({ due }) => due));
  const bare = looked - rooms.length;
  return [
    say`The messages vanish for everyone, and **nothing brings them back**. Other servers are asked to do the same, and may not.`,
    ...(limit === undefined ? [] : [limitCaution(found, limit)]),
    say`Joins count as messages: the name and picture in them vanish too. Stickers and reactions stay, and so do files in the media store.`,
    ...(bare <= 0 ? [] : [say`Nothing that can be redacted is in ${counted(bare, 'other room')}.`]),
    say`Rooms that nobody of this server is in any more are listed nowhere and left out; ${commandLine(`user redact ${userId} --room …`)} reaches them.`,
    ...(byBot ? [say`The rooms will show that I redacted them.`] : []),
    ...(byBot || most < manyExtremities
      ? []
      : [
          say`Each redaction is one more end of the room's history, which can slow a room down; ${commandLine('room forward-extremities')} shows and removes them.`,
        ]),
  ];
}

function limitCaution({ rooms }: WrittenRooms, limit: number): Text {
  const each = say`The limit of ${limit.toLocaleString('en')} is for each room, and what was redacted before counts too`;
  const beyond = rooms.filter(({ written, due }) => due < written.readable.length);
  if (beyond.length === 0) return say`${each}; it reaches everything.`;
  const needed = Math.max(...beyond.map(({ written }) => written.total));
  return say`${each}: in ${counted(beyond.length, 'room')} older messages **stay**. ${code(`--limit ${needed}`)} reaches them.`;
}

/** The same for help pages. */
export const redactionHelp = [
  'The messages vanish for everyone and cannot be restored; other servers are asked to do the same, and may not.',
  'Only messages and joins are redacted: stickers, reactions, room settings and files stay (`user delete-media` removes files).',
  'The limit is for each room, the newest first; what was redacted before counts too.',
  'Suspending and shadow-banning are the reversible ways to keep somebody from writing.',
];
