import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, say, type Text } from '../../core/text.ts';
import { command } from '../define.ts';
import type { Cancelled } from '../local.ts';
import { foundJob } from './found-job.ts';

export default command({
  path: 'job cancel',
  summary: 'Stop a job after the item it is at.',
  cautions: [
    'What is done stays done; the report lists what is left. `job resume` goes on with it.',
    'What the homeserver has taken on by itself, such as the deletion of a room, it carries on with.',
  ],
  input: () => z.object({ job: text.describe('Its id.') }),
  positionals: ['job'],
  examples: [['Stop it', '!admin job cancel j4k9p']],
  danger: 'write',
  role: 'moderator',
  local: true,
  needs: ['jobs'],
  async run({ job: asked }, { jobs }) {
    const { id, state } = foundJob(jobs, asked);
    const how = jobs.cancel(id);
    if (how === 'over') {
      throw new Problem('conflict', say`The job ${code(id)} has ended already (${state}).`);
    }
    return reply.done(said(code(id), how));
  },
  again: 'safe',
});

function said(id: Text, how: Exclude<Cancelled, 'over'>): Text {
  switch (how) {
    case 'before its turn':
      return say`The job ${id} is cancelled; its turn had not come.`;
    case 'after the item':
      return say`The job ${id} stops after the item it is at; what is done stays done.`;
    case 'away':
      return say`The homeserver gives no answer at the moment. The job ${id} stops as soon as the call under way is given up, in a minute or so, and its report says what may have been done.`;
  }
}
