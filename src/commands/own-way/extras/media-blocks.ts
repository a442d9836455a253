import { z } from 'zod';
import { duration, flag, localUser, mxc, server, text, time } from '../../../core/fields.ts';
import { code, commandLine, counted, say, type Text } from '../../../core/text.ts';
import { extraAct, extraRead } from './extra-command.ts';

const files = z.array(mxc).describe('One address a line.');
const reason = text.optional().describe('Why; it stands in the list of what is blocked.');

const howMany = (all: readonly string[], one: string): Text =>
  all.length === 1 ? code(all[0] ?? '') : say`${counted(all.length, one)}`;

/** Files that nobody may have any more, by their content. */
export const mediaBlockExtras = [
  extraAct('media block-media', {
    flat: ['block-media'],
    summary: 'Keep everybody from files, and from all files of the same content, also from those that come later.',
    cautions: [
      'Files of the same content are blocked too, whoever uploads them. Without --and-purge they stay on the disk.',
    ],
    input: () =>
      z.object({
        files,
        andPurge: flag.describe('Delete them, too, and what has the same content.'),
        reason,
      }),
    body: { kind: 'list', into: 'files', required: true },
    short: { a: 'andPurge', r: 'reason' },
    example: ['One file', '!admin media block-media --reason spam\n```\nmxc://example.com/abcDEF\n```'],
    danger: 'confirm',
    raise: ({ andPurge }) => (andPurge ? 'typed' : undefined),
    role: 'admin',
    title: ({ files: all, andPurge }) =>
      andPurge ? say`Block and delete ${howMany(all, 'file')}.` : say`Block ${howMany(all, 'file')}.`,
    target: ({ files: all }) => all,
    warns: ({ andPurge }) => [
      say`Nobody on this server can have them any more, nor any other file of the same content, whoever uploaded it.`,
      ...(andPurge
        ? [say`All of these go from the disk, too; **nothing brings them back**. Messages that show them stay.`]
        : []),
    ],
    instead: () => say`${commandLine('media unblock-media')} takes the block back.`,
    done: ({ files: all, andPurge }) =>
      andPurge ? say`Blocked and deleted ${howMany(all, 'file')}.` : say`Blocked ${howMany(all, 'file')}.`,
  }),
  extraAct('media block-media-from-users', {
    flat: ['block-media-from-users'],
    summary: 'Keep everybody from what local accounts uploaded, and from all files of the same content.',
    cautions: ['Files of the same content are blocked too, whoever uploads them. They stay on the disk.'],
    input: () =>
      z.object({
        users: z.array(localUser).describe('One account a line.'),
        fromLast: duration.optional().describe('Only what they uploaded in this time until now.'),
        reason,
      }),
    body: { kind: 'list', into: 'users', required: true },
    short: { f: 'fromLast', r: 'reason' },
    example: ['Of the last two days', '!admin media block-media-from-users --from-last 48h\n```\nbob\n```'],
    danger: 'confirm',
    role: 'admin',
    takesFrom: ({ users }) => users,
    title: ({ users }) => say`Block what ${howMany(users, 'account')} uploaded; number of files unknown.`,
    target: ({ users }) => users,
    warns: [
      say`Nobody on this server can have these files any more, nor any other of the same content, whoever uploaded it: avatars and pictures in use among them.`,
    ],
    instead: () => say`${commandLine('media unblock-media')} takes the block of single files back.`,
    done: ({ users }) => say`Blocked what ${howMany(users, 'account')} uploaded.`,
  }),
  extraAct('media unblock-media', {
    flat: ['unblock-media'],
    summary: 'Let everybody have blocked files again, and all files of the same content.',
    input: () => z.object({ files }),
    body: { kind: 'list', into: 'files', required: true },
    example: ['One file', '!admin media unblock-media\n```\nmxc://example.com/abcDEF\n```'],
    danger: 'write',
    role: 'admin',
    title: ({ files: all }) => say`Unblock ${howMany(all, 'file')}.`,
    target: ({ files: all }) => all,
    done: ({ files: all }) => say`${howMany(all, 'file')}: not blocked any more.`,
  }),
  extraRead('media list-of-server', {
    summary: 'The files of a server that came in a certain time.',
    cautions: [
      'A list that is too long for one message can keep Conduit from answering until it is started again: ask for days, not for years.',
      'The names of files are the words of whoever uploaded them.',
    ],
    input: () =>
      z.object({
        server: server.describe('Whose files; this server, too.'),
        after: time.describe('What came from then on.'),
        before: time.optional().describe('And until then.'),
        contentType: text.optional().describe('Of this type: image, or image/png.'),
        includeThumbnails: flag.describe('Also small pictures, of which the file itself may never have been fetched.'),
      }),
    positionals: ['server'],
    short: { a: 'after', b: 'before', c: 'contentType', t: 'includeThumbnails' },
    example: ['Of one day', '!admin media list-of-server spam.example --after 2026-01-31 --before 2026-02-01'],
    role: 'moderator',
    heading: ({ server: whose }) => say`Files of ${code(whose)}, as the homeserver lists them:`,
  }),
  extraRead('media list-blocked-media', {
    flat: ['list-blocked-media'],
    summary: 'The files that are blocked, since when and why.',
    input: () => z.object({}),
    example: ['What is blocked?', '!admin media list-blocked-media'],
    role: 'moderator',
    heading: () => say`Blocked, as the homeserver lists it; the reasons are what people wrote:`,
  }),
];
