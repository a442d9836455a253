import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { text } from '../../core/fields.ts';
import { type Block, reply } from '../../core/reply.ts';
import { counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundJob } from './found-job.ts';
import { totalOf } from './total-of.ts';

export default command({
  path: 'job show',
  summary: 'How far a job is, and what was skipped or failed.',
  input: () => z.object({ job: text.describe('Its id.') }),
  positionals: ['job'],
  examples: [['How far is it?', '!admin job show j4k9p']],
  danger: 'read',
  role: 'viewer',
  local: true,
  needs: ['jobs', 'clock'],
  async run({ job: id }, { jobs, clock }) {
    const job = foundJob(jobs, id);
    const undone = jobs.undone(job.id);
    const now = clock();
    const blocks: Block[] =
      undone.length === 0
        ? []
        : [
            { kind: 'paragraph', text: say`Not done, or not surely (${counted(undone.length, 'item')}):` },
            {
              kind: 'listing',
              listing: {
                columns: [
                  { key: 'target', title: 'Item' },
                  { key: 'state', title: 'State' },
                  { key: 'note', title: 'Why' },
                ],
                show: ['target', 'state', 'note'],
                rows: undone.map((item) => ({ ...item })),
              },
            },
          ];
    const shown = reply.fields(
      [
        ['Job', job.id],
        ['Command', job.command],
        ['By', job.requester],
        ['State', job.state],
        ['Started', formatTime(job.createdAt, now)],
        ['Ended', job.finishedAt === undefined ? '' : formatTime(job.finishedAt, now)],
        ['Items', totalOf(job)],
        ['Done', job.counts.done],
        ['Skipped', job.counts.skipped],
        ['Failed', job.counts.failed],
        ['Outcome unknown', job.counts.unknown],
        [
          job.finishedAt === undefined ? 'Still to do' : 'Not begun',
          job.finishedAt === undefined
            ? job.counts.pending + job.counts.running + job.counts.stepped
            : job.counts.pending,
        ],
      ],
      { id: job.id, command: job.command, requester: job.requester, state: job.state, counts: job.counts, undone },
    );
    return { ...shown, blocks: [...shown.blocks, ...blocks] };
  },
});
