import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { reply } from '../../core/reply.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';
import { totalOf } from './total-of.ts';

export default command({
  path: 'job list',
  summary: 'The jobs of this bot, newest first.',
  input: () => z.object({}),
  examples: [['What is running?', '!admin job list']],
  danger: 'read',
  role: 'viewer',
  local: true,
  needs: ['jobs', 'clock'],
  async run(_, { jobs, clock }) {
    const rows = jobs.list();
    if (rows.length === 0) return reply.says(say`There have been no jobs.`, { data: [] });
    const now = clock();
    return reply.listing({
      columns: [
        { key: 'job', title: 'Job' },
        { key: 'command', title: 'Command' },
        { key: 'state', title: 'State' },
        { key: 'done', title: 'Done' },
        { key: 'started', title: 'Started' },
        { key: 'requester', title: 'By' },
      ],
      show: ['job', 'command', 'state', 'done', 'started'],
      rows: rows.map((job) => ({
        job: job.id,
        command: job.command,
        state: job.state,
        done: `${job.counts.done + job.counts.skipped + job.counts.failed + job.counts.unknown} of ${totalOf(job)}`,
        started: formatTime(job.createdAt, now),
        requester: job.requester,
      })),
    });
  },
});
