import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { listing, listingShort, localUser } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { compareFields } from '../compare-fields.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user whois',
  summary: 'From where and with what an account was used, as far back as the server keeps it.',
  cautions: ['What is done with a token of `user login` leaves no trace here.'],
  input: () =>
    z.object({
      user: localUser.describe('Which account.'),
      ...listing(['last_seen', 'ip', 'user_agent']),
    }),
  positionals: ['user'],
  short: listingShort,
  examples: [['Where does alice log in from?', '!admin user whois alice']],
  danger: 'read',
  role: 'moderator',
  needs: ['users', 'sessions', 'clock'],

  async run(input, { users, sessions, clock }) {
    await localAccount(users, input.user);
    const { sort = 'last_seen' } = input;
    const all = (await sessions.connections(input.user)).toSorted((one, other) =>
      compareFields(one.raw[sort], other.raw[sort]),
    );
    if (all.length === 0) {
      return reply.says(say`The server has no record of where ${code(input.user)} was used from.`, { data: [] });
    }
    if (input.reverse) all.reverse();
    const { rows, page } = cut(all, input);
    const now = clock();
    return reply.listing(
      {
        columns: [
          { key: 'lastSeen', title: 'Last seen' },
          { key: 'ip', title: 'IP' },
          { key: 'userAgent', title: 'User agent' },
          { key: 'lastSeenTs', title: 'Last seen (ms)' },
        ],
        show: ['lastSeen', 'ip', 'userAgent'],
        rows: rows.map((row) => ({
          lastSeen: row.lastSeenAt === undefined ? 'no record' : formatTime(row.lastSeenAt, now),
          ip: row.ip,
          userAgent: row.userAgent,
          lastSeenTs: row.lastSeenAt,
        })),
        data: rows.map(({ raw }) => raw),
        page,
      },
      say`${code(input.user)} was used from ${counted(all.length, 'place')}.`,
    );
  },
});
