import { z } from 'zod';
import { duration, email, flag, localUser, room, server } from '../../../core/fields.ts';
import { code, commandLine, say } from '../../../core/text.ts';
import { extraAct, extraRead } from './extra-command.ts';

export const userExtras = [
  extraRead('user get-email', {
    summary: 'The mail address of a local account.',
    input: () => z.object({ user: localUser.describe('Whose.') }),
    positionals: ['user'],
    example: ["Bob's", '!admin user get-email bob'],
    role: 'moderator',
    heading: ({ user }) => say`The mail address of ${code(user)}:`,
  }),
  extraRead('user get-user-by-email', {
    summary: 'Whose mail address that is.',
    input: () => z.object({ email: email.describe('The whole address.') }),
    positionals: ['email'],
    example: ['Whose is it?', '!admin user get-user-by-email bob@example.org'],
    role: 'moderator',
    heading: ({ email: address }) => say`Who has ${code(address)}:`,
  }),
  extraAct('user change-email', {
    summary: 'Set the mail address of a local account, or take it away.',
    input: () =>
      z.object({
        user: localUser.describe('Whose.'),
        email: email.optional().describe('The new one; left out, it has none any more.'),
      }),
    positionals: ['user', 'email'],
    example: ['Another address', '!admin user change-email bob bob@example.org'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ user }) => [user],
    title: ({ user, email: to }) =>
      to === undefined
        ? say`Take away the mail address of ${code(user)}.`
        : say`Set the mail address of ${code(user)} to ${to}.`,
    target: ({ user }) => user,
    warns: [say`Whoever reads mail there can set a new password.`],
    done: ({ user, email: to }) =>
      to === undefined
        ? say`${code(user)} has no mail address any more.`
        : say`The mail address of ${code(user)} is ${to} now.`,
  }),
  extraAct('user disable-login', {
    summary: 'Forbid new logins of a local account; its sessions go on.',
    input: () => z.object({ user: localUser.describe('Whose.') }),
    positionals: ['user'],
    example: ['No new logins', '!admin user disable-login bob'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ user }) => [user],
    title: ({ user }) => say`Forbid new logins of ${code(user)}; its sessions go on.`,
    target: ({ user }) => user,
    instead: ({ user }) => say`${commandLine(`user enable-login ${user}`)} takes it back.`,
    done: ({ user }) => say`${code(user)} can log in nowhere new; its sessions go on.`,
  }),
  extraAct('user enable-login', {
    summary: 'Allow logins of a local account again.',
    input: () => z.object({ user: localUser.describe('Whose.') }),
    positionals: ['user'],
    example: ['Logins again', '!admin user enable-login bob'],
    danger: 'write',
    role: 'admin',
    title: ({ user }) => say`Allow logins of ${code(user)} again.`,
    target: ({ user }) => user,
    done: ({ user }) => say`${code(user)} can log in again.`,
  }),
  extraAct('user deactivate-with-media', {
    summary: 'Close an account for good, and delete what it uploaded.',
    cautions: ['Without --leave-rooms it stays in its rooms; `user deactivate` is the way for an account alone.'],
    input: () =>
      z.object({
        user: localUser.describe('Whose account.'),
        leaveRooms: flag.describe('Leave all rooms.'),
        mediaFromLast: duration.optional().describe('Only what it uploaded in this time until now.'),
        forceFilehash: flag.describe('Also every other file of the same content, whoever uploaded it.'),
      }),
    positionals: ['user'],
    short: { l: 'leaveRooms', t: 'mediaFromLast', f: 'forceFilehash' },
    example: ['A spammer', '!admin user deactivate-with-media bob --leave-rooms'],
    danger: 'typed',
    role: 'admin',
    takesFrom: ({ user }) => [user],
    title: ({ user }) => say`Deactivate ${code(user)}, and delete what it uploaded; number of files unknown.`,
    target: ({ user }) => user,
    warns: ({ forceFilehash }) => [
      say`Its sessions end, and its password is gone.`,
      say`The files go from this server's disk; **nothing brings them back**. Messages that show them stay.`,
      ...(forceFilehash ? [say`So does every other file of the same content, whoever uploaded it.`] : []),
    ],
    done: ({ user, leaveRooms }, failed) =>
      say`Deactivated ${code(user)}${leaveRooms ? '' : ', which stays in its rooms'}. ${
        failed === ''
          ? 'What it uploaded is deleted.'
          : `⚠️ Of what it uploaded the homeserver could not delete ${failed} files; its log says which.`
      }`,
  }),
  extraRead('user list-invited-rooms', {
    summary: 'The invites that a local account has not answered.',
    input: () => z.object({ user: localUser.describe('Whose.') }),
    positionals: ['user'],
    example: ["Bob's", '!admin user list-invited-rooms bob'],
    role: 'viewer',
    heading: ({ user }) => say`Where ${code(user)} is invited:`,
  }),
  extraAct('user reject-all-invites', {
    summary: 'Decline all invites that a local account has not answered.',
    input: () => z.object({ user: localUser.describe('Whose.') }),
    positionals: ['user'],
    example: ['After a flood of invites', '!admin user reject-all-invites bob'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ user }) => [user],
    title: ({ user }) => say`Decline all invites of ${code(user)}.`,
    target: ({ user }) => user,
    warns: [
      say`The people in those rooms see that the account declined. Where it wants in after all it has to be invited again.`,
    ],
    instead: ({ user }) => say`${commandLine(`user list-invited-rooms ${user}`)} shows them first.`,
    done: ({ user }) => say`${code(user)} has declined all its invites.`,
  }),
  extraAct('user force-leave-remote-room', {
    summary: 'Let a local account leave a room of other servers that this homeserver has lost track of.',
    cautions: ['`user force-leave-room` is the way out of every other room.'],
    input: () =>
      z.object({
        user: localUser.describe('Who leaves.'),
        room: room.describe('Which room, by id or alias.'),
        via: server.optional().describe('A server that is in it.'),
      }),
    positionals: ['user', 'room', 'via'],
    example: ['Out of a broken room', '!admin user force-leave-remote-room bob !abc:matrix.org matrix.org'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ user }) => [user],
    title: ({ user, room: where }) => say`Let ${code(user)} leave ${code(where)} through another server.`,
    target: ({ user }) => user,
    warns: [say`It comes back only where the room lets it, or somebody invites it.`],
    done: ({ user, room: where }) => say`${code(user)} has left ${code(where)}.`,
  }),
  extraAct('user reset-push-rules', {
    summary: 'Put what a local account is notified of back to what new accounts have.',
    input: () => z.object({ user: localUser.describe('Whose.') }),
    positionals: ['user'],
    example: ['Nothing rings any more', '!admin user reset-push-rules bob'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ user }) => [user],
    title: ({ user }) => say`Put the notifications of ${code(user)} back to what new accounts have.`,
    target: ({ user }) => user,
    warns: [say`Its own keywords, muted rooms and sounds are gone.`],
    done: ({ user }) => say`${code(user)} is notified as new accounts are.`,
  }),
];
