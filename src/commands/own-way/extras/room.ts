import { z } from 'zod';
import { count, flag, room, text } from '../../../core/fields.ts';
import { code, commandLine, counted, say } from '../../../core/text.ts';
import { extraAct, extraRead } from './extra-command.ts';

const which = z.object({ room: room.describe('Its id or alias.') });

export const roomExtras = [
  extraRead('room info', {
    summary: 'Name, topic, version, aliases and admins of a room, as the homeserver prints them.',
    cautions: ['Name and topic are the words of its people.'],
    input: () => which,
    positionals: ['room'],
    example: ['The lobby', '!admin room info #lobby'],
    role: 'viewer',
    heading: ({ room: where }) => say`${code(where)}:`,
  }),
  extraAct('room prune-empty', {
    summary: 'Delete all rooms in which nobody of this server is joined or invited.',
    cautions: ['Which they are it tells only by their number, and when they are gone.'],
    input: () => z.object({ force: flag.describe('Also what it keeps of who was in them.') }),
    short: { f: 'force' },
    example: ['Tidy up', '!admin room prune-empty'],
    danger: 'typed',
    role: 'admin',
    title: () => say`Delete all rooms in which nobody of this server is; number unknown.`,
    target: (_, serverName) => serverName,
    warns: ({ force }) => [
      say`Their messages and state go from this server's database. **That cannot be undone.**`,
      ...(force ? [say`Who was in them can never read them again.`] : []),
    ],
    done: (_, said) => say`Deleted ${counted(Number(said), 'room')} in which nobody of this server was.`,
  }),
  extraRead('room list-purge-user', {
    summary: 'The rooms somebody is joined to, as they would have to be deleted after a flood of spam.',
    cautions: ['It deletes nothing: `room delete-list` does, below which the ids of the rooms can be pasted.'],
    input: () =>
      z.object({
        user: text.describe('Whose: a user id, or with --regex a pattern.'),
        regex: flag.describe('All whose ids have this pattern in them.'),
        soleMember: flag.describe('Only rooms in which nobody else is.'),
      }),
    positionals: ['user'],
    example: ['Of a spammer, alone', '!admin room list-purge-user @spam:example.com --sole-member'],
    role: 'moderator',
    heading: ({ user, regex }) =>
      say`Rooms of ${regex ? 'all like ' : ''}${code(user)}; ${commandLine('room delete-list')} deletes rooms:`,
  }),
  extraRead('room list-extremities', {
    summary: 'The ends of the history of a room, on which the next event will build.',
    input: () => which,
    positionals: ['room'],
    example: ['Are there many?', '!admin room list-extremities #lobby'],
    role: 'viewer',
    heading: ({ room: where }) => say`${code(where)}:`,
  }),
  extraAct('room prune-extremities', {
    summary: 'Leave out ends of the history of a room, down to so many.',
    input: () =>
      z.object({
        room: room.describe('Its id or alias.'),
        target: count(1).optional().describe('How many stay; as many as its configuration says where left out.'),
      }),
    positionals: ['room', 'target'],
    example: ['Down to one', '!admin room prune-extremities #lobby 1'],
    danger: 'confirm',
    role: 'admin',
    title: ({ room: where }) => say`Leave out ends of the history of ${code(where)}.`,
    target: ({ room: where }) => where,
    warns: [
      say`What only these ends carried may be left out of the room's state; it repairs a room that is slow, or in two minds.`,
    ],
    instead: ({ room: where }) => say`${commandLine(`room list-extremities ${where}`)} shows them first.`,
    done: ({ room: where }, said) => say`Ends of the history of ${code(where)}: from ${said}.`,
  }),
];
