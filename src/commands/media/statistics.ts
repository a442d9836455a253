import { z } from 'zod';
import { formatBytes } from '../../core/display.ts';
import { listing, listingShort, text, time } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { type Usage, usageSorts } from '../../homeserver/files.ts';
import { command } from '../define.ts';
import { everyRow } from '../every-row.ts';

export default command({
  path: 'media statistics',
  flat: ['list-media'],
  summary: 'How much is stored, and by whom; who stores most comes first.',
  cautions: ['Local files only: copies of other servers’ files are not among them.'],
  input: () =>
    z.object({
      ...listing(usageSorts),
      since: time.optional().describe('Only files uploaded since then.'),
      until: time.optional().describe('Only files uploaded until then.'),
      name: text.optional().describe('Only accounts whose id or display name holds this.'),
    }),
  short: { ...listingShort, n: 'name' },
  examples: [
    ['Who stores most', '!admin media statistics'],
    ['This year', '!admin media statistics --since 2026-01-01'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['files'],

  async run(input, { files }) {
    const { since, until, name } = input;
    if (since !== undefined && until !== undefined && since >= until)
      throw new Problem('usage', say`${code('--since')} must lie before ${code('--until')}.`);
    const query = {
      sort: input.sort ?? 'media_length',
      reverse: input.reverse,
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(name === undefined ? {} : { name }),
    };
    // The totals are of all of them, whatever page is shown.
    const all: Usage[] = [];
    for await (const row of everyRow((from, limit) => files.usage({ ...query, from, limit }))) all.push(row);
    const { rows, page } = cut(all, input);
    const count = all.reduce((sum, { files: some }) => sum + some, 0);
    const bytes = all.reduce((sum, { size }) => sum + size, 0);
    return reply.listing(
      {
        columns: [
          { key: 'user', title: 'User' },
          { key: 'displayname', title: 'Display name' },
          { key: 'files', title: 'Files', align: 'right' },
          { key: 'size', title: 'Size', align: 'right' },
          { key: 'bytes', title: 'Size (bytes)', align: 'right' },
        ],
        show: ['user', 'displayname', 'files', 'size'],
        rows: rows.map((row) => ({
          user: row.userId,
          displayname: row.displayname,
          files: row.files,
          size: formatBytes(row.size),
          bytes: row.size,
        })),
        data: rows.map(({ raw }) => raw),
        page,
      },
      say`${counted(count, 'file')}, ${formatBytes(bytes)}, of ${counted(all.length, 'account')}.`,
    );
  },
});
