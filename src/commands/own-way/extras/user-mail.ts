import { z } from 'zod';
import { email, localUser } from '../../../core/fields.ts';
import { code, say } from '../../../core/text.ts';
import { extraAct } from './extra-command.ts';

const input = () => z.object({ user: localUser.describe('Whose.'), email: email.describe('The whole address.') });

/** Of accounts that can have several mail addresses. */
export const userMailExtras = [
  extraAct('user add-email', {
    summary: 'Give a local account one more mail address, without asking whoever reads mail there.',
    input,
    positionals: ['user', 'email'],
    example: ['One more', '!admin user add-email bob bob@example.org'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ user }) => [user],
    title: ({ user, email: address }) => say`Give ${code(user)} the mail address ${address}.`,
    target: ({ user }) => user,
    warns: [say`Whoever reads mail there can set a new password.`],
    done: ({ user, email: address }) => say`${code(user)} has the mail address ${address} now.`,
  }),
  extraAct('user del-email', {
    summary: 'Take a mail address away from a local account.',
    input,
    positionals: ['user', 'email'],
    example: ['No more', '!admin user del-email bob bob@example.org'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ user }) => [user],
    title: ({ user, email: address }) => say`Take the mail address ${address} away from ${code(user)}.`,
    target: ({ user }) => user,
    warns: [say`Without an address nobody can set a new password by mail.`],
    done: ({ user, email: address }) => say`${code(user)} does not have the mail address ${address} (any more).`,
  }),
];
