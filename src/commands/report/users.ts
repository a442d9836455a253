import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { listing, listingShort, user } from '../../core/fields.ts';
import { counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { paged } from '../paged.ts';
import { ofUser } from './found-report.ts';

export default command({
  path: 'report users',
  summary: 'The people who have been reported, newest first.',
  input: () =>
    z.object({
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
    const query = {
      oldestFirst: input.reverse,
      ...(input.user === undefined ? {} : { target: input.user }),
      ...(input.reporter === undefined ? {} : { reporter: input.reporter }),
    };
    const now = clock();
    return paged(input, {
      list: (from, limit) => reports.ofUsers({ ...query, from, limit }),
      columns: [
        { key: 'report', title: 'Report' },
        { key: 'when', title: 'When' },
        { key: 'target', title: 'Who' },
        { key: 'reporter', title: 'Reported by' },
        { key: 'reason', title: 'Reason' },
      ],
      show: ['report', 'when', 'target', 'reporter', 'reason'],
      cells: (one) => ({
        report: ofUser(one.id),
        when: formatTime(one.receivedAt, now),
        target: one.target,
        reporter: one.reporter,
        reason: one.reason,
      }),
      data: (one) => one.raw,
      heading: (total) => say`${counted(total, 'report')} of people.`,
    });
  },
});
