import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { duration, flag, listing, listingShort, text, time } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import type { Column } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { type UserQuery, type UserRow, userSorts } from '../../homeserver/users.ts';
import { command } from '../define.ts';
import { paged } from '../paged.ts';

const columns: readonly Column[] = [
  { key: 'user', title: 'User' },
  { key: 'displayname', title: 'Display name' },
  { key: 'state', title: 'State' },
  { key: 'created', title: 'Created' },
  { key: 'lastSeen', title: 'Last seen' },
  { key: 'type', title: 'Type' },
  { key: 'admin', title: 'Admin' },
  { key: 'guest', title: 'Guest' },
  { key: 'deactivated', title: 'Deactivated' },
  { key: 'locked', title: 'Locked' },
  { key: 'shadowBanned', title: 'Shadow-banned' },
  { key: 'createdTs', title: 'Created (ms)' },
  { key: 'lastSeenTs', title: 'Last seen (ms)' },
];

function stateOf(row: UserRow): string {
  const words = [
    row.admin && 'admin',
    row.deactivated && 'deactivated',
    row.locked && 'locked',
    row.shadowBanned && 'shadow-banned',
    row.guest && 'guest',
  ];
  return words.filter((word) => typeof word === 'string').join(', ');
}

export default command({
  path: 'user list-users',
  aliases: ['user list', 'user search'],
  flat: ['list-local-users'],
  summary: 'List local accounts; locked ones are shown, deactivated ones with -d.',
  cautions: ['`--inactive` leaves out accounts of which the server has no record, and says how many.'],
  input: () =>
    z.object({
      term: text.optional().describe('Only accounts whose localpart or display name holds this.'),
      ...listing(userSorts),
      name: text.optional().describe('The same as the term.'),
      userId: text.optional().describe('Only accounts whose whole id holds this.'),
      guests: flag.describe('Only guests.'),
      noGuests: flag.describe('No guests.'),
      deactivated: flag.describe('Also deactivated accounts.'),
      admins: flag.describe('Only server admins.'),
      noAdmins: flag.describe('No server admins.'),
      locked: flag.describe('Only locked accounts.'),
      notType: z.array(text).default([]).describe('Leave out accounts of this type; may be given again.'),
      inactive: duration.optional().describe('Only accounts last seen longer ago than this.'),
      createdAfter: time.optional().describe('Only accounts made after this.'),
    }),
  positionals: ['term'],
  short: {
    ...listingShort,
    n: 'name',
    i: 'userId',
    g: 'guests',
    G: 'noGuests',
    d: 'deactivated',
    a: 'admins',
    A: 'noAdmins',
  },
  examples: [
    ['The first hundred', '!admin user list-users'],
    ['By name', '!admin user list --name alice'],
    ['Admins, newest first', '!admin user list-users --admins --sort creation_ts --reverse'],
    ['Not seen for a year', '!admin user list-users --inactive 365d --all'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['users', 'clock'],

  async run(input, { users, clock }) {
    if (input.guests && input.noGuests) throw contradiction('--guests', '--no-guests');
    if (input.admins && input.noAdmins) throw contradiction('--admins', '--no-admins');
    if (input.term !== undefined && input.name !== undefined) throw contradiction('the term', '--name');
    const name = input.name ?? input.term;
    const query: Omit<UserQuery, 'from' | 'limit'> = {
      ...(input.sort === undefined ? {} : { sort: input.sort }),
      reverse: input.reverse,
      ...(name === undefined ? {} : { name }),
      ...(input.userId === undefined ? {} : { userId: input.userId }),
      ...(input.noGuests ? { guests: false } : {}),
      deactivated: input.deactivated,
      ...(input.admins || input.noAdmins ? { admins: input.admins } : {}),
      ...(input.locked ? { lockedOnly: true } : {}),
      ...(input.notType.length > 0 ? { notType: input.notType } : {}),
    };
    const { createdAfter } = input;
    const now = clock();
    const seenBefore = input.inactive === undefined ? undefined : now - input.inactive;
    const when = (ms: number | undefined) => (ms === undefined ? '' : formatTime(ms, now));
    // One time is what a phone has room for: the one that is asked about.
    const byCreation = createdAfter !== undefined || input.sort === 'creation_ts';
    let unseen = 0;
    const stays = (row: UserRow): boolean => {
      if (input.guests && !row.guest) return false;
      if (createdAfter !== undefined && (row.createdAt ?? 0) <= createdAfter) return false;
      if (seenBefore === undefined) return true;
      if (row.lastSeenAt === undefined) unseen++;
      return row.lastSeenAt !== undefined && row.lastSeenAt < seenBefore;
    };
    // The server can leave guests out, but not everybody else.
    const ours = input.guests || seenBefore !== undefined || createdAfter !== undefined;
    return paged<UserRow>(input, {
      list: (from, limit) => users.list({ ...query, from, limit }),
      keep: ours ? (rows) => rows.filter(stays) : undefined,
      columns,
      show: ['user', 'displayname', 'state', byCreation ? 'created' : 'lastSeen'],
      cells: (row) => ({
        user: row.userId,
        displayname: row.displayname,
        state: stateOf(row),
        created: when(row.createdAt),
        lastSeen: when(row.lastSeenAt),
        type: row.userType,
        admin: row.admin,
        guest: row.guest,
        deactivated: row.deactivated,
        locked: row.locked,
        shadowBanned: row.shadowBanned,
        createdTs: row.createdAt,
        lastSeenTs: row.lastSeenAt,
      }),
      data: (row) => row.raw,
      heading: (total) => say`${counted(total, 'account')}.`,
      notes: () =>
        unseen === 0 ? [] : [say`Left out: ${counted(unseen, 'account')} with no record of when it was last seen.`],
    });
  },
});

function contradiction(one: string, other: string): Problem {
  return new Problem('usage', say`${code(one)} and ${code(other)} do not go together.`);
}
