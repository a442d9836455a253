import { z } from 'zod';
import { choice, flag, localUser, text, user } from '../../../core/fields.ts';
import { code, say } from '../../../core/text.ts';
import { extraAct, extraRead } from './extra-command.ts';

const whose = localUser.describe('Whose.');

/** What others see of a person. */
export const userProfileExtras = [
  extraAct('user set-profile-key', {
    summary: 'Set one thing in the profile of a local account, or take it away: its name, its picture, its time zone.',
    cautions: ['A value that is JSON is taken as such. Two spaces in a row cannot be sent.'],
    input: () =>
      z
        .object({
          user: whose,
          key: text.describe('What: displayname, avatar_url, m.tz, or a name of its own.'),
          value: z.array(text).default([]).describe('To what.'),
          clear: flag.describe('Take it away.'),
          propagateTo: choice(['all', 'unchanged', 'none']).optional().describe('In which rooms it changes, too.'),
        })
        .check(({ value: { key, value, clear }, issues }) => {
          const tell = (message: string) => issues.push({ code: 'custom', input: undefined, message });
          if (!/^[\w.-]+$/.test(key)) tell('A key has letters, digits and ._- in it.');
          if ((value.length === 0) !== clear) tell('Either a value or --clear is needed.');
        }),
    positionals: ['user', 'key', 'value'],
    short: { c: 'clear', p: 'propagateTo' },
    example: ['Another name', '!admin user set-profile-key bob displayname Bob of Sales'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ user: who }) => [who],
    title: ({ user: who, key, value, clear }) =>
      clear
        ? say`Take ${code(key)} out of the profile of ${code(who)}.`
        : say`Set ${code(key)} of ${code(who)} to “${value.join(' ')}”.`,
    target: ({ user: who }) => who,
    warns: [say`Everybody who shares a room with the account may see it.`],
    done: ({ user: who, key, clear }) =>
      clear ? say`${code(who)} has no ${code(key)} any more.` : say`Set ${code(key)} of ${code(who)}.`,
  }),
  extraAct('user refresh-profile', {
    summary: "Fetch another server's user's profile anew, and forget what is not in it any more.",
    input: () => z.object({ user: user.describe('Whose, with the server.') }),
    positionals: ['user'],
    example: ['Stale', '!admin user refresh-profile @alice:matrix.org'],
    danger: 'write',
    role: 'moderator',
    title: ({ user: who }) => say`Fetch the profile of ${code(who)} anew.`,
    target: ({ user: who }) => who,
    done: ({ user: who }, said) =>
      said === ''
        ? say`The profile of ${code(who)} is fresh.`
        : say`The profile of ${code(who)} is fresh; gone from it: ${said}.`,
  }),
  extraRead('user erasure', {
    summary: 'Whether the messages of a local account are hidden from those who join later.',
    input: () => z.object({ user: whose }),
    positionals: ['user'],
    example: ["Bob's", '!admin user erasure bob'],
    role: 'viewer',
    heading: ({ user: who }) => say`${code(who)}:`,
  }),
  extraAct('user unerase', {
    summary: 'Show the messages of a local account again to those who join later.',
    input: () => z.object({ user: whose }),
    positionals: ['user'],
    example: ['Erased by mistake', '!admin user unerase bob'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ user: who }) => [who],
    title: ({ user: who }) => say`Show the messages of ${code(who)} to everybody again.`,
    target: ({ user: who }) => who,
    warns: [say`Somebody may have asked for the erasure, with a right to it.`],
    done: ({ user: who }) => say`The messages of ${code(who)} are shown to everybody again.`,
  }),
];
