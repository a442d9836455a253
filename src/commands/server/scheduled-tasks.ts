import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { choice, listing, listingShort, text } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { counted, say } from '../../core/text.ts';
import { compareFields } from '../compare-fields.ts';
import { command } from '../define.ts';

const sorts = ['time', 'action', 'status'] as const;

export default command({
  path: 'server scheduled-tasks',
  summary: 'What the homeserver does by itself: deletions, purges, redactions. The newest comes first.',
  input: () =>
    z.object({
      ...listing(sorts),
      status: choice(['scheduled', 'active', 'complete', 'failed', 'cancelled'])
        .optional()
        .describe('Only those that stand so.'),
      action: text.optional().describe('Only those of this name.'),
    }),
  short: listingShort,
  examples: [['What is under way?', '!admin server scheduled-tasks --status active']],
  danger: 'read',
  role: 'viewer',
  needs: ['maintenance', 'clock'],

  async run(input, { maintenance, clock }) {
    const { status, action, sort = 'time', reverse } = input;
    const found = await maintenance.scheduledTasks({
      ...(status === undefined ? {} : { status }),
      ...(action === undefined ? {} : { action }),
    });
    const sorted = sort === 'time' ? found : found.toSorted((one, other) => compareFields(one[sort], other[sort]));
    const { rows, page } = cut(reverse ? sorted.toReversed() : sorted, input);
    const now = clock();
    return reply.listing(
      {
        columns: [
          { key: 'action', title: 'Task' },
          { key: 'status', title: 'Status' },
          { key: 'resource', title: 'Of' },
          { key: 'at', title: 'Time' },
          { key: 'error', title: 'Error' },
          { key: 'id', title: 'Id' },
        ],
        show: ['action', 'status', 'resource', 'at', 'error', 'id'],
        rows: rows.map((one) => ({
          action: one.action,
          status: one.status,
          resource: one.resourceId,
          at: formatTime(one.at, now),
          error: one.error,
          id: one.id,
        })),
        data: rows.map(({ raw }) => raw),
        page,
      },
      say`${counted(found.length, 'task')}.`,
    );
  },
});
