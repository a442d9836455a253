import { z } from 'zod';
import { formatDuration, formatTime } from '../../core/display.ts';
import { server } from '../../core/fields.ts';
import { type Cell, reply } from '../../core/reply.ts';
import { command } from '../define.ts';
import { foundDestination } from './found-destination.ts';

export default command({
  path: 'federation destination',
  summary: 'How sending to one server goes.',
  input: () => z.object({ server: server.describe('Its name.') }),
  positionals: ['server'],
  examples: [['Is it reached?', '!admin federation destination matrix.org']],
  danger: 'read',
  role: 'viewer',
  needs: ['federation', 'clock'],

  async run({ server: name }, { federation, clock }) {
    const found = await foundDestination(federation, name);
    const now = clock();
    const failing: readonly (readonly [string, Cell])[] =
      found.failingSince === undefined
        ? [['State', '✅ reached']]
        : [
            ['State', '❌ not reached'],
            ['Since', formatTime(found.failingSince, now)],
            ['Last tried', found.lastTriedAt === undefined ? '' : formatTime(found.lastTriedAt, now)],
            ['Tried again after', formatDuration(found.retryInterval)],
          ];
    return reply.fields([['Server', found.serverName], ...failing], found.raw);
  },
});
