import { code, commandLine, counted, say, type Text } from '../../core/text.ts';
import type { WrittenRooms } from './written-rooms.ts';

/** From so many redacted messages in a room on, what they leave behind there is worth a word. */
const manyExtremities = 20;

/** What must be known before what somebody wrote is redacted. */
export function redactionCautions({ rooms, looked }: WrittenRooms, limit: number, byBot: boolean): readonly Text[] {
  const beyond = rooms.filter(({ written }) => (written.readable[0]?.nth ?? 0) <= written.total - limit);
  const needed = Math.max(0, ...beyond.map(({ written }) => written.total));
  const most = Math.max(0, ...rooms.map(({ written }) => written.readable.length));
  const bare = looked - rooms.length;
  return [
    say`The messages vanish for everyone, and **nothing brings them back**. Other servers are asked to do the same, and may not.`,
    beyond.length === 0
      ? say`The limit of ${limit.toLocaleString('en')} is for each room, and reaches all of it.`
      : say`The limit of ${limit.toLocaleString('en')} is for each room, and what was redacted before counts too: in ${counted(beyond.length, 'room')} older messages **stay**. ${code(`--limit ${needed}`)} would reach all of them.`,
    say`Joins count as messages: the name and picture in them vanish too. Stickers, reactions and files stay.`,
    ...(bare === 0 ? [] : [say`Nothing that can be redacted is in ${counted(bare, 'other room')}.`]),
    say`Rooms that nobody of this server is in any more are listed nowhere, so they are left out unless named with ${code('--room')}.`,
    ...(byBot
      ? [say`The rooms will show that I redacted them.`]
      : most < manyExtremities
        ? []
        : [
            say`Each redaction is one more end of the room's history, which can slow a room down; ${commandLine('room forward-extremities')} shows and removes them.`,
          ]),
  ];
}

/** The same for help pages. */
export const redactionHelp = [
  'The messages vanish for everyone and cannot be restored; other servers are asked to do the same, and may not.',
  'Only messages and joins are redacted: stickers, reactions, room settings and files stay (`user delete-media` removes files).',
  'The limit is for each room, the newest first; what was redacted before counts too.',
  'Suspending and shadow-banning are the reversible ways to keep somebody from writing.',
];
