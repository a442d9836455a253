import { z } from 'zod';
import { once } from '../core/once.ts';
import { code, commandLine, counted, say } from '../core/text.ts';
import type { UserRow, Users } from '../homeserver/users.ts';
import type { NewsItem, NewsSource } from './news.ts';

/** Read at once while going back to what is known. */
const pageSize = 100;

/** The homeserver counts in seconds, so the accounts of the last one are named. */
const marks = once(() => z.object({ at: z.number(), userIds: z.array(z.string()) }));
type Mark = z.output<ReturnType<typeof marks>>;

function after({ at, userIds }: Mark, { userId, createdAt = 0 }: UserRow): Mark {
  return createdAt > at ? { at: createdAt, userIds: [userId] } : { at, userIds: [...userIds, userId] };
}

/** New accounts, whoever made them. */
export function registrationNews(users: Users): NewsSource {
  const newest = (from: number) =>
    users.list({ from, limit: pageSize, sort: 'creation_ts', reverse: true, deactivated: true, guests: false });
  return {
    name: 'registrations',
    async start() {
      const { rows } = await newest(0);
      return JSON.stringify(rows.toReversed().reduce(after, { at: 0, userIds: [] }));
    },
    async since(text) {
      let mark = marks().parse(JSON.parse(text));
      const known = new Set(mark.userIds);
      const fresh = new Map<string, UserRow>();
      for (let from = 0; ; from += pageSize) {
        const { rows, total } = await newest(from);
        for (const row of rows)
          if ((row.createdAt ?? 0) >= mark.at && !known.has(row.userId)) fresh.set(row.userId, row);
        const reached = rows.some(({ createdAt = 0 }) => createdAt < mark.at);
        if (reached || rows.length === 0 || from + rows.length >= total) break;
      }
      const inOrder = [...fresh.values()].sort((one, other) => (one.createdAt ?? 0) - (other.createdAt ?? 0));
      return inOrder.map((row): NewsItem => {
        mark = after(mark, row);
        const name = row.displayname === null || row.displayname === '' ? say`` : say` (${row.displayname})`;
        return {
          key: `${row.userId} ${row.createdAt}`,
          words: say`👤 New account: ${code(row.userId)}${name}. ${commandLine(`user details ${row.userId}`)}`,
          mark: JSON.stringify(mark),
        };
      });
    },
    more: (count) =>
      say`and ${counted(count, 'more new account')}: ${commandLine('user list-users --sort creation_ts --reverse')}`,
  };
}
