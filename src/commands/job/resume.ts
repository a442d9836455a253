import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundJob } from './found-job.ts';

export default command({
  path: 'job resume',
  summary: 'Go on with a cancelled job where it stopped.',
  cautions: [
    'It takes up what was not begun, and what a cancellation had cut short. What failed is pasted below the same command again, as the report says.',
    'Only who may give the command of that job may go on with it, and it is their job then. One whose secrets were removed from the room cannot be gone on with.',
  ],
  input: () => z.object({ job: text.describe('Its id.') }),
  positionals: ['job'],
  examples: [['Go on with it', '!admin job resume j4k9p']],
  danger: 'confirm',
  role: 'moderator',
  needs: ['jobs'],

  async plan({ job: asked }, { jobs }, asker) {
    const { id, command: path, requester, counts } = foundJob(jobs, asked);
    const left = await jobs.left(id, asker);
    return {
      title: say`Go on with the job ${code(id)}, ${code(path)}: ${counted(left.length, 'item is', 'items are')} left, ${counts.done.toLocaleString('en')} done.`,
      targets: left.map(({ target, state }) => ({
        id: target,
        ...(state === 'pending' ? {} : { note: say`was begun before; I look how far it came` }),
      })),
      cautions: [
        say`It acts on what its own plan showed.`,
        ...(requester === asker.userId ? [] : [say`${code(requester)} asked for it; from now on it is yours.`]),
      ],
      frozen: { id },
    };
  },

  async run(_input, { jobs }, asker, frozen) {
    if (!frozen) throw new Problem('internal', say`The plan is lost; nothing was done.`);
    await jobs.resume(frozen.id, asker);
    return reply.done(say`The job ${code(frozen.id)} goes on; its message shows how far it is.`, {
      change: { before: { job: frozen.id, state: 'cancelled' }, after: { job: frozen.id, state: 'queued' } },
    });
  },
  // A second time for the same command changes nothing.
  again: 'safe',
});
