import { z } from 'zod';
import { formatBytes } from '../../core/display.ts';
import { choice, listing, listingShort } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, counted, say } from '../../core/text.ts';
import { type Usage, usageSorts } from '../../homeserver/files.ts';
import { type Capabilities, command } from '../define.ts';
import { everyRow } from '../every-row.ts';

export default command({
  path: 'server statistics',
  summary: 'Counts of the whole homeserver; or what each account, or each room, takes.',
  cautions: ['The sizes of rooms are known to a homeserver on PostgreSQL only.'],
  input: () =>
    z.object({
      of: choice(['users', 'rooms'])
        .optional()
        .describe('users: files by account. rooms: the largest in the database.'),
      ...listing(usageSorts),
    }),
  positionals: ['of'],
  short: listingShort,
  examples: [
    ['Counts', '!admin server statistics'],
    ['Who stores most', '!admin server statistics users'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['users', 'rooms', 'files', 'maintenance'],

  async run(input, caps) {
    if (input.of === 'rooms') return roomSizes(input, caps);
    const usage: Usage[] = [];
    const { sort = 'media_length', reverse } = input;
    for await (const row of everyRow((from, limit) => caps.files.usage({ sort, reverse, from, limit })))
      usage.push(row);
    if (input.of === 'users') return byUser(usage, input);
    return counts(usage, caps);
  },
});

async function counts(
  usage: readonly Usage[],
  { users, rooms }: Pick<Capabilities, 'users' | 'rooms'>,
): Promise<Reply> {
  const total = (query: object) => users.list({ from: 0, limit: 1, ...query }).then((found) => found.total);
  const [all, active, withoutGuests, admins, known, published] = await Promise.all([
    total({ deactivated: true }),
    total({}),
    total({ guests: false }),
    total({ admins: true }),
    rooms.list({ from: 0, limit: 1 }).then((found) => found.total),
    rooms.list({ from: 0, limit: 1, publicOnly: true }).then((found) => found.total),
  ]);
  const files = usage.reduce((sum, one) => sum + one.files, 0);
  const bytes = usage.reduce((sum, one) => sum + one.size, 0);
  const number = (count: number) => count.toLocaleString('en');
  return reply.fields(
    [
      ['Accounts', say`${number(active)}, and ${number(all - active)} deactivated`],
      ['Guests among them', number(active - withoutGuests)],
      ['Server admins', number(admins)],
      ['Rooms', say`${number(known)}, ${number(published)} of them published`],
      ['Local files', say`${number(files)}, ${formatBytes(bytes)}`],
    ],
    {
      users: active,
      deactivated: all - active,
      guests: active - withoutGuests,
      admins,
      rooms: known,
      public_rooms: published,
      local_media: files,
      local_media_bytes: bytes,
    },
  );
}

function byUser(usage: readonly Usage[], input: Parameters<typeof cut>[1]): Reply {
  const { rows, page } = cut(usage, input);
  return reply.listing(
    {
      columns: [
        { key: 'user', title: 'User' },
        { key: 'files', title: 'Files', align: 'right' },
        { key: 'size', title: 'Size', align: 'right' },
      ],
      show: ['user', 'files', 'size'],
      rows: rows.map((row) => ({ user: row.userId, files: row.files, size: formatBytes(row.size) })),
      data: rows.map(({ raw }) => raw),
      page,
    },
    say`${counted(usage.length, 'account stores', 'accounts store')} files. ${commandLine('media statistics')} can be narrowed down.`,
  );
}

async function roomSizes(
  input: Parameters<typeof cut>[1] & { sort?: unknown },
  { maintenance }: Pick<Capabilities, 'maintenance'>,
): Promise<Reply> {
  if (input.sort !== undefined)
    throw new Problem('usage', say`${code('--sort')} goes with ${code('users')}; rooms come by size.`);
  const sizes = await maintenance.roomSizes();
  if (sizes === undefined) {
    throw new Problem(
      'unsupported',
      say`The homeserver’s database cannot tell how large its rooms are; only PostgreSQL can.`,
      say`${commandLine('room list-rooms --sort state_events')} shows the rooms with most state.`,
    );
  }
  const { rows, page } = cut(sizes, input);
  return reply.listing(
    {
      columns: [
        { key: 'room', title: 'Room' },
        { key: 'size', title: 'Size (estimated)', align: 'right' },
      ],
      show: ['room', 'size'],
      rows: rows.map((row) => ({ room: row.roomId, size: formatBytes(row.size) })),
      data: rows,
      page,
    },
    say`The largest rooms in the database.`,
  );
}
