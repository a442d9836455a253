import { z } from 'zod';
import { flag, localUser, server, text } from '../../../core/fields.ts';
import { code, counted, say } from '../../../core/text.ts';
import { extraAct } from './extra-command.ts';

const comesBack = say`Its apps set that up again when they are opened.`;

/** What is changed right where it is stored. */
export const queryExtras = [
  extraAct('query pusher delete-all-user', {
    summary: 'End all push notifications of a local account.',
    input: () => z.object({ user: localUser.describe('Whose.') }),
    positionals: ['user'],
    example: ['Silence', '!admin query pusher delete-all-user bob'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ user }) => [user],
    title: ({ user }) => say`End all push notifications of ${code(user)}.`,
    target: ({ user }) => user,
    warns: [comesBack],
    done: ({ user }, gone) => say`${code(user)} has lost ${counted(Number(gone), 'pusher')}.`,
  }),
  extraAct('query pusher delete-all-device', {
    summary: 'End the push notifications of one device of a local account.',
    input: () => z.object({ user: localUser.describe('Whose.'), device: text.describe('The id of the device.') }),
    positionals: ['user', 'device'],
    example: ['A lost phone', '!admin query pusher delete-all-device bob ABCDEFGHIJ'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ user }) => [user],
    title: ({ user, device }) => say`End the push notifications of the device ${code(device)} of ${code(user)}.`,
    target: ({ device }) => device,
    warns: [comesBack],
    done: ({ device }, gone) => say`The device ${code(device)} has lost ${counted(Number(gone), 'pusher')}.`,
  }),
  extraAct('query resolver flush-cache', {
    summary: 'Forget where other servers are, so that it is looked up again.',
    input: () =>
      z
        .object({
          server: server.optional().describe('Which server.'),
          all: flag.describe('All of them.'),
        })
        .check(({ value, issues }) => {
          if ((value.server === undefined) === !value.all)
            issues.push({ code: 'custom', input: undefined, message: 'Either a server or --all is needed.' });
        }),
    positionals: ['server'],
    short: { a: 'all' },
    example: ['A server that has moved', '!admin query resolver flush-cache matrix.example.com'],
    danger: 'write',
    role: 'moderator',
    title: () => say`Forget where other servers are.`,
    target: ({ server: name }) => name ?? 'all servers',
    done: ({ server: name }) =>
      name === undefined ? say`It looks up anew where each server is.` : say`It looks up anew where ${code(name)} is.`,
  }),
  extraAct('query raw compact', {
    summary: "Let the homeserver compact a part of its database, to free room on its machine's disk.",
    cautions: ['`query raw raw-maps` lists the parts.'],
    input: () => z.object({ map: text.describe('Which part.') }),
    positionals: ['map'],
    example: ['After much was deleted', '!admin query raw compact pduid_pdu'],
    danger: 'confirm',
    role: 'admin',
    title: ({ map }) => say`Compact ${code(map)} in the homeserver's database.`,
    target: ({ map }) => map,
    warns: [say`The homeserver is slower meanwhile, and needs free room on its disk for it.`],
    done: ({ map }) => say`${code(map)} is compacted.`,
  }),
  extraAct('query oauth revoke', {
    summary: "Take back what identity providers gave the homeserver for a local account's logins.",
    cautions: ['Its sessions here go on.'],
    input: () => z.object({ user: localUser.describe('Whose.') }),
    positionals: ['user'],
    example: ['Not any more', '!admin query oauth revoke bob'],
    danger: 'confirm',
    role: 'owner',
    takesFrom: ({ user }) => [user],
    title: ({ user }) => say`Take back the tokens that identity providers gave for ${code(user)}.`,
    target: ({ user }) => user,
    warns: [say`It has to log in at the identity provider again. Whether a provider took it back it does not tell.`],
    done: ({ user }) => say`The identity providers were told to forget the tokens for ${code(user)}.`,
  }),
  extraAct('query oauth delete', {
    summary: 'Forget by whom identity providers know a local account.',
    input: () => z.object({ user: localUser.describe('Whose.') }),
    positionals: ['user'],
    example: ['For good', '!admin query oauth delete bob'],
    danger: 'typed',
    role: 'owner',
    takesFrom: ({ user }) => [user],
    title: ({ user }) => say`Forget by whom identity providers know ${code(user)}.`,
    target: ({ user }) => user,
    warns: [
      say`Without a password here it may get in no more, and a login by the provider may make another account, or fail because its name is taken.`,
    ],
    done: ({ user }) => say`No identity provider is known for ${code(user)} any more.`,
  }),
];
