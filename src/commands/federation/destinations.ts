import { z } from 'zod';
import { formatDuration, formatTime } from '../../core/display.ts';
import { flag, listing, listingShort, text } from '../../core/fields.ts';
import { counted, say } from '../../core/text.ts';
import { type Destination, destinationSorts } from '../../homeserver/federation.ts';
import { command } from '../define.ts';
import { paged } from '../paged.ts';

export default command({
  path: 'federation destinations',
  summary: 'The servers that this one sends to, and which of them cannot be reached.',
  input: () =>
    z.object({
      ...listing(destinationSorts),
      failing: flag.describe('Only those that cannot be reached.'),
      name: text.optional().describe('Only those whose name holds this.'),
    }),
  short: { ...listingShort, n: 'name' },
  examples: [
    ['All of them', '!admin federation destinations'],
    ['Who is down?', '!admin federation destinations --failing'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['federation', 'clock'],

  async run(input, { federation, clock }) {
    const query = {
      ...(input.sort === undefined ? {} : { sort: input.sort }),
      reverse: input.reverse,
      ...(input.name === undefined ? {} : { search: input.name }),
    };
    const now = clock();
    const when = (ms: number | undefined) => (ms === undefined ? undefined : formatTime(ms, now));
    const what = input.failing ? 'server that cannot be reached' : 'server';
    const many = input.failing ? 'servers that cannot be reached' : 'servers';
    return paged<Destination>(input, {
      list: (from, limit) => federation.destinations({ ...query, from, limit }),
      // The server sorts by it, but does not leave out those that it reaches.
      keep: input.failing ? (rows) => rows.filter((row) => row.failingSince !== undefined) : undefined,
      columns: [
        { key: 'server', title: 'Server' },
        { key: 'state', title: 'State' },
        { key: 'since', title: 'Failing since' },
        { key: 'tried', title: 'Last tried' },
        { key: 'interval', title: 'Tried again after' },
      ],
      show: ['server', 'state', 'since', 'tried', 'interval'],
      cells: (row) => ({
        server: row.serverName,
        state: row.failingSince === undefined ? '✅ reached' : '❌ not reached',
        since: when(row.failingSince),
        tried: when(row.lastTriedAt),
        interval: row.failingSince === undefined ? undefined : formatDuration(row.retryInterval),
      }),
      data: (row) => row.raw,
      heading: (total) => say`${counted(total, what, many)}.`,
    });
  },
});
