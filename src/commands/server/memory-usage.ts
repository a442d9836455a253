import { z } from 'zod';
import { formatBytes, formatDuration, formatTime } from '../../core/display.ts';
import { type Cell, reply } from '../../core/reply.ts';
import { counted, say } from '../../core/text.ts';
import { command } from '../define.ts';

const shownCaches = 15;

/** Those that have a value. */
const known = (fields: readonly (readonly [string, Cell])[]) => fields.filter(([, value]) => value !== undefined);

export default command({
  path: 'server memory-usage',
  flat: ['memory-usage'],
  summary: 'Memory, processor time and caches of the homeserver, from its metrics.',
  cautions: ['Of the process whose metrics stand under `host.metricsUrl`; workers have their own.'],
  input: () => z.object({}),
  examples: [['How much does it use?', '!admin server memory-usage']],
  danger: 'read',
  role: 'viewer',
  needs: ['host', 'clock'],

  async run(_, { host, clock }) {
    const metrics = await host.metrics();
    const { resident, virtual, cpuSeconds, startedAt, openFiles } = metrics;
    const caches = metrics.caches.toSorted((one, other) => other.entries - one.entries);
    const entries = caches.reduce((sum, one) => sum + one.entries, 0);
    const now = clock();
    return {
      outcome: 'done',
      data: { ...metrics, caches },
      blocks: [
        {
          kind: 'fields',
          // What it does not say is left out: a homeserver without /proc has no memory to tell.
          fields: known([
            ['Memory (resident)', resident === undefined ? undefined : formatBytes(resident)],
            ['Memory (virtual)', virtual === undefined ? undefined : formatBytes(virtual)],
            ['Processor time', cpuSeconds === undefined ? undefined : formatDuration(cpuSeconds * 1_000)],
            ['Running since', startedAt === undefined ? undefined : formatTime(startedAt, now)],
            ['Open files', openFiles],
            ['Caches', say`${counted(entries, 'entry', 'entries')} in ${counted(caches.length, 'cache')}`],
          ]),
        },
        ...reply.listing(
          {
            columns: [
              { key: 'name', title: 'Cache' },
              { key: 'entries', title: 'Entries', align: 'right' },
              { key: 'most', title: 'At most', align: 'right' },
            ],
            show: ['name', 'entries', 'most'],
            rows: caches.slice(0, shownCaches).map((one) => ({
              name: one.name,
              entries: one.entries.toLocaleString('en'),
              most: one.most === undefined ? undefined : Math.round(one.most).toLocaleString('en'),
            })),
          },
          say`The largest caches:`,
        ).blocks,
      ],
    };
  },
});
