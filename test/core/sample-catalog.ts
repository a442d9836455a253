import { z } from 'zod';
import type { Catalog, Declaration } from '../../src/core/declaration.ts';
import {
  atMostOneOf,
  count,
  duration,
  flag,
  listing,
  listingShort,
  localUser,
  newUser,
  room,
  secret,
  text,
} from '../../src/core/fields.ts';
import { type ReadCommand, readCommand, readLine } from '../../src/core/read-command.ts';

const common = { examples: [], role: 'admin', danger: 'write' } as const;

/** One command of every shape there is. */
export const catalog: Catalog = {
  prefix: '!admin',
  commands: [
    {
      ...common,
      path: 'help',
      summary: 'Explain the commands.',
      danger: 'read',
      role: 'viewer',
      input: z.object({ topic: z.array(text).default([]), search: text.optional() }),
      positionals: ['topic'],
    },
    {
      ...common,
      path: 'user create-user',
      aliases: ['user create'],
      flat: ['create-user'],
      summary: 'Create a local account.',
      cautions: ['Without `password` a strong one is made.'],
      input: z
        .object({
          username: newUser.describe('the localpart'),
          password: secret.optional(),
          admin: flag.describe('make it an admin'),
          noAdmin: flag,
          displayName: text.optional(),
          email: z.array(text).default([]),
        })
        .check(atMostOneOf('admin', 'noAdmin')),
      positionals: ['username', 'password'],
      examples: [['With a generated password', '!admin user create-user alice']],
      plan: true,
    },
    {
      ...common,
      path: 'user create-list',
      summary: 'Create many accounts.',
      danger: 'confirm',
      input: z.object({
        accounts: z.array(z.object({ username: newUser, password: secret.optional(), displayName: text.optional() })),
      }),
      body: { kind: 'csv', into: 'accounts', columns: ['username', 'password', 'displayName'], required: true },
    },
    {
      ...common,
      path: 'user reset-password',
      flat: ['reset-password'],
      summary: 'Set a new password.',
      input: z.object({ user: localUser, password: secret.optional(), noLogout: flag }),
      positionals: ['user', 'password'],
      short: { p: 'password', n: 'noLogout' },
      long: { password: 'password' },
    },
    {
      ...common,
      path: 'user deactivate',
      flat: ['deactivate-user'],
      summary: 'Close an account.',
      danger: 'typed',
      input: z.object({ user: localUser, noLeaveRooms: flag, erase: flag }),
      positionals: ['user'],
      short: { n: 'noLeaveRooms', e: 'erase' },
      long: { 'gdpr-erase': 'erase' },
    },
    {
      ...common,
      path: 'user deactivate-all',
      flat: ['deactivate-all'],
      summary: 'Close many accounts.',
      danger: 'typed',
      input: z.object({ users: z.array(localUser), force: flag, noLeaveRooms: flag }),
      short: { f: 'force', n: 'noLeaveRooms', F: 'force' },
      body: { kind: 'list', into: 'users', required: true },
    },
    {
      ...common,
      path: 'user list-users',
      aliases: ['user list', 'user search'],
      summary: 'List accounts.',
      danger: 'read',
      input: z.object({
        term: text.optional(),
        name: text.optional(),
        ...listing(['name', 'creation_ts']),
        inactive: duration.optional(),
      }),
      positionals: ['term'],
      short: { n: 'name', ...listingShort },
    },
    {
      ...common,
      path: 'user force-join-room',
      summary: 'Make a user join.',
      input: z.object({ user: localUser, room }),
      positionals: ['user', 'room'],
    },
    {
      ...common,
      path: 'user modify',
      summary: 'Change an account.',
      input: z.object({ user: localUser, threepid: z.array(z.tuple([text, text])).default([]) }),
      positionals: ['user'],
      short: { t: 'threepid' },
    },
    {
      ...common,
      path: 'room list-rooms',
      aliases: ['room list'],
      summary: 'List rooms.',
      danger: 'read',
      input: z.object({ ...listing(['name']) }),
      positionals: ['page'],
      long: { page: 'page' },
      short: listingShort,
    },
    {
      ...common,
      path: 'room moderation ban-room',
      aliases: ['room ban-room'],
      summary: 'Ban a room.',
      danger: 'typed',
      input: z.object({ room }),
      positionals: ['room'],
    },
    {
      ...common,
      path: 'server admin-notice',
      summary: 'Say something here.',
      input: z.object({ text }),
      rest: 'text',
    },
    {
      ...common,
      path: 'notice send',
      summary: 'Send a server notice.',
      danger: 'confirm',
      input: z.object({ user: localUser, text }),
      positionals: ['user'],
      rest: 'text',
      body: { kind: 'text', into: 'text', required: false },
    },
    {
      ...common,
      path: 'token issue-many',
      summary: 'Make tokens.',
      input: z.object({ count: count(1, 99).default(1) }),
      positionals: ['count'],
    },
    {
      ...common,
      path: 'job list',
      summary: 'List jobs.',
      danger: 'read',
      input: z.object({}),
    },
  ],
};

export const me = {
  prefix: '!admin',
  userId: '@castellan:example.org',
  displayName: 'Castellan',
  serverName: 'example.org',
};

/** Reads a message of plain text, as a person would type it. */
export function typed(
  body: string,
  more: Readonly<Record<string, unknown>> = {},
): ReadCommand<Declaration> | undefined {
  return readCommand({ msgtype: 'm.text', body, ...more }, me, catalog);
}

/** Reads a command line without its prefix. */
export function line(text: string, body?: string): ReadCommand<Declaration> {
  return readLine(text, body, me, catalog);
}
