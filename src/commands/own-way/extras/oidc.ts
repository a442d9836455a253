import { z } from 'zod';
import { localUser, text } from '../../../core/fields.ts';
import { code, commandLine, say } from '../../../core/text.ts';
import { extraAct } from './extra-command.ts';

const subject = text.describe('By what the identity provider knows somebody (the claim `sub`).');

export const oidcExtras = [
  extraAct('oidc link', {
    summary: 'Let somebody whom an identity provider knows log in as a local account.',
    input: () => z.object({ user: localUser.describe('Which account.'), subject }),
    positionals: ['user', 'subject'],
    example: ['Bob logs in through it', '!admin oidc link bob 248289761001'],
    danger: 'confirm',
    role: 'owner',
    takesFrom: ({ user }) => [user],
    title: ({ user, subject: who }) => say`Let ${code(who)} log in as ${code(user)}.`,
    target: ({ user }) => user,
    warns: [say`Whoever that is at the identity provider has the whole account.`],
    instead: ({ subject: who }) => say`${commandLine(`oidc unlink ${who}`)} takes it back; sessions go on.`,
    done: ({ user, subject: who }) => say`${code(who)} can log in as ${code(user)}.`,
  }),
  extraAct('oidc unlink', {
    summary: 'Let somebody whom an identity provider knows not log in any more.',
    cautions: ['The account and its sessions stay; `user logout` ends them.'],
    input: () => z.object({ subject }),
    positionals: ['subject'],
    example: ['Not any more', '!admin oidc unlink 248289761001'],
    danger: 'confirm',
    role: 'owner',
    title: ({ subject: who }) => say`Let ${code(who)} not log in any more.`,
    target: ({ subject: who }) => who,
    warns: [say`Whoever has no password here either gets in no more. The homeserver does not say whose it is.`],
    done: ({ subject: who }) => say`${code(who)} belongs to no account any more.`,
  }),
];
