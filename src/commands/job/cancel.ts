import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundJob } from './found-job.ts';

export default command({
  path: 'job cancel',
  summary: 'Stop a job after the item it is at.',
  input: z.object({ job: text.describe('Its id.') }),
  positionals: ['job'],
  examples: [['Stop it', '!admin job cancel j4k9p']],
  danger: 'write',
  role: 'moderator',
  local: true,
  needs: ['jobs'],
  async run({ job: id }, { jobs }) {
    const job = foundJob(jobs, id);
    if (!jobs.cancel(job.id)) {
      throw new Problem('conflict', say`The job ${code(job.id)} has ended already (${job.state}).`);
    }
    return reply.done(say`The job ${code(job.id)} stops after the item it is at; what is done stays done.`);
  },
  again: 'safe',
});
