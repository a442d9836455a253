import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { listing, listingShort, user } from '../../core/fields.ts';
import { pageOf, windowOf } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { counted, say } from '../../core/text.ts';
import type { UserReport } from '../../homeserver/reports.ts';
import { command } from '../define.ts';
import { everyRow } from '../every-row.ts';
import { ofUser } from './found-report.ts';

export default command({
  path: 'report users',
  summary: 'The people who have been reported, newest first.',
  input: z.object({
    ...listing(['received']),
    user: user.optional().describe('Only reports of this person.'),
    reporter: user.optional().describe('Only reports made by this person.'),
  }),
  short: listingShort,
  examples: [['The newest', '!admin report users']],
  danger: 'read',
  role: 'viewer',
  needs: ['reports', 'clock'],

  async run(input, { reports, clock }) {
    const window = windowOf(input);
    const query = {
      oldestFirst: input.reverse,
      ...(input.user === undefined ? {} : { target: input.user }),
      ...(input.reporter === undefined ? {} : { reporter: input.reporter }),
    };
    const page = (from: number, limit: number) => reports.ofUsers({ ...query, from, limit });
    let rows: readonly UserReport[];
    let total: number;
    if (window.limit === undefined) {
      const all: UserReport[] = [];
      for await (const row of everyRow(page)) all.push(row);
      rows = all;
      total = all.length;
    } else {
      ({ rows, total } = await page(window.from, window.limit));
    }
    const now = clock();
    return reply.listing(
      {
        columns: [
          { key: 'report', title: 'Report' },
          { key: 'when', title: 'When' },
          { key: 'target', title: 'Who' },
          { key: 'reporter', title: 'Reported by' },
          { key: 'reason', title: 'Reason' },
        ],
        show: ['report', 'when', 'target', 'reporter', 'reason'],
        rows: rows.map((one) => ({
          report: ofUser(one.id),
          when: formatTime(one.receivedAt, now),
          target: one.target,
          reporter: one.reporter,
          reason: one.reason,
        })),
        data: rows.map((one) => one.raw),
        page: pageOf(window, rows.length, total),
      },
      say`${counted(total, 'report')} of people.`,
    );
  },
});
