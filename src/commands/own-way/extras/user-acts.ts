import { z } from 'zod';
import { count, localUser, room, user } from '../../../core/fields.ts';
import { code, commandLine, counted, say } from '../../../core/text.ts';
import { extraAct, extraRead } from './extra-command.ts';

/** What is done in rooms in somebody's name, and who is about. */
export const userActExtras = [
  extraRead('user last-active', {
    summary: 'Local accounts by when they were seen last, with the address they came from.',
    cautions: ['Only accounts with a session that was seen at all.'],
    input: () => z.object({ limit: count(1).optional().describe('How many; 48 where left out.') }),
    short: { l: 'limit' },
    example: ['The last ten', '!admin user last-active -l 10'],
    role: 'moderator',
    heading: () => say`Seen last:`,
  }),
  extraAct('user force-promote', {
    summary: 'Give somebody in a room as much power as the most powerful local account there has.',
    cautions: [
      'A local account of the room has to have the power to give; its name stands in the room as whose doing it was.',
    ],
    input: () =>
      z.object({
        user: user.describe('Who gets the power.'),
        room: room.describe('Which room, by id or alias.'),
      }),
    positionals: ['user', 'room'],
    example: ['Bob takes over', '!admin user force-promote bob #lobby'],
    danger: 'confirm',
    role: 'owner',
    title: ({ user: who, room: where }) =>
      say`Give ${code(who)} the highest power of a local account in ${code(where)}.`,
    target: ({ user: who }) => who,
    warns: [
      say`Everybody in the room sees it. Nobody may be able to take it back: who has the same power cannot be demoted.`,
    ],
    instead: ({ user: who, room: where }) =>
      say`A local account can give its power up again: ${commandLine(`user force-demote ${who} ${where}`)}`,
    done: ({ user: who, room: where }, said) => say`${code(who)} has the power ${said} in ${code(where)}.`,
  }),
  extraAct('user redact-recent', {
    summary: 'Take back the last messages of a local account in a room, in its own name.',
    cautions: ['Messages only: what it changed in the room stays. The newest go first.'],
    input: () =>
      z.object({
        user: localUser.describe('Whose messages.'),
        room: room.describe('Which room, by id or alias.'),
        count: count(1).describe('How many.'),
      }),
    positionals: ['user', 'room', 'count'],
    example: ['The last twenty', '!admin user redact-recent bob #lobby 20'],
    danger: 'typed',
    role: 'admin',
    takesFrom: ({ user: whose }) => [whose],
    title: ({ user: whose, room: where, count: most }) =>
      say`Take back the last ${counted(most, 'message')} of ${code(whose)} in ${code(where)}.`,
    target: ({ user: whose }) => whose,
    warns: [say`Everybody in the room sees that they were taken back. **They cannot be brought back.**`],
    done: ({ user: whose, room: where }, said) =>
      say`Took back ${counted(Number(said), 'message')} of ${code(whose)} in ${code(where)}.`,
  }),
];
