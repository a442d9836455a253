import { z } from 'zod';
import { duration, flag, localUser, server } from '../../../core/fields.ts';
import { code, counted, say } from '../../../core/text.ts';
import { extraAct } from './extra-command.ts';

const fromLast = duration.optional().describe('Only what came in this time until now.');
const forceFilehash = flag.describe('Also every other file of the same content, whoever uploaded it.');
const forGood = say`The files go from this server's disk; **nothing brings them back**. Messages that show them stay.`;
const sameContent = say`So does every other file of the same content, whoever uploaded it.`;

/** Files of people and of servers, deleted without a list of them. */
export const mediaPurgeExtras = [
  extraAct('media purge-media-from-users', {
    flat: ['purge-media-from-users'],
    summary: 'Delete what local accounts uploaded, all of it or the latest.',
    cautions: ['Avatars and pictures in use are among them. Other servers may keep copies.'],
    input: () => z.object({ users: z.array(localUser).describe('One account a line.'), fromLast, forceFilehash }),
    body: { kind: 'list', into: 'users', required: true },
    short: { t: 'fromLast', f: 'forceFilehash' },
    example: ['Of the last two days', '!admin media purge-media-from-users --from-last 48h\n```\nbob\n```'],
    danger: 'typed',
    role: 'admin',
    takesFrom: ({ users }) => users,
    title: ({ users }) =>
      say`Delete what ${users.length === 1 ? code(users[0] ?? '') : say`${counted(users.length, 'account')}`} uploaded; number of files unknown.`,
    target: ({ users }) => users,
    warns: ({ forceFilehash: all }) => [forGood, ...(all ? [sameContent] : [])],
    done: ({ users }) => say`Deleted what ${counted(users.length, 'account')} uploaded.`,
  }),
  extraAct('media purge-media-from-server', {
    flat: ['purge-media-from-server'],
    summary: "Delete this server's copies of another server's files, all of them or the latest.",
    cautions: ['They are fetched again when somebody looks at them, while that server has them.'],
    input: () => z.object({ server: server.describe('Whose files.'), fromLast, forceFilehash }),
    positionals: ['server'],
    short: { t: 'fromLast', f: 'forceFilehash' },
    example: ['A server of spammers', '!admin media purge-media-from-server spam.example'],
    danger: 'typed',
    role: 'admin',
    title: ({ server: whose }) => say`Delete the copies of all files of ${code(whose)}; number unknown.`,
    target: ({ server: whose }) => whose,
    warns: ({ forceFilehash: all }) => [
      say`They go from this server's disk. What that server does not have any more is lost.`,
      ...(all
        ? [
            say`So does every file of the same content, also of this server's own people; **nothing brings those back**.`,
          ]
        : []),
    ],
    done: ({ server: whose }) => say`Deleted the copies of the files of ${code(whose)}.`,
  }),
];
