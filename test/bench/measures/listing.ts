import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdminRoom } from '../../e2e/admin-room.ts';
import { type BenchLab, builtMain, openBenchLab } from '../bench-lab.ts';
import { type Line, median } from '../line.ts';
import { fill } from '../many-accounts.ts';
import { peakMiB, residentMiB, timed } from '../timed.ts';
import { ask } from './latency.ts';

const steps = [
  { users: 100, rooms: 10 },
  { users: 10_000, rooms: 1_000 },
  { users: 100_000, rooms: 10_000 },
];
/** The longest lists are made once. */
const turnsOf = ({ users }: { readonly users: number }) => (users > 50_000 ? 1 : 3);
/** As many as the bot asks for at once. */
const pageSize = 500;

/** Milliseconds until the file stands in the room. */
function listed({ admin, roomId }: AdminRoom, line: string): Promise<number> {
  return timed(async () => {
    const eventId = await admin.send(roomId, `!admin ${line}`);
    await admin.waitForEvent(
      roomId,
      ({ content }) => content['dev.castellan.for'] === eventId && content.msgtype === 'm.file',
      { timeoutMs: 300_000 },
    );
  });
}

/** The pages one after the other, written to a file as they come. */
function pages({ raw, server }: BenchLab): Promise<number> {
  return timed(async () => {
    const lines: string[] = [];
    for (let from: string | undefined = '0'; from !== undefined; ) {
      const { users, next_token }: Record<string, unknown> = await raw.admin(
        'GET',
        `/v2/users?from=${from}&limit=${pageSize}&deactivated=false`,
      );
      for (const user of users as Record<string, unknown>[]) lines.push(Object.values(user).join(','));
      from = next_token as string | undefined;
    }
    writeFileSync(join(server.dataDir, 'users.csv'), lines.join('\n'));
  });
}

/** One size of a server. */
export interface Grown {
  readonly users: number;
  readonly rooms: number;
  /** Milliseconds. */
  readonly version: number;
  readonly oneUser: number;
  readonly firstPage: number;
  readonly allUsers: number;
  readonly rawPages: number;
  readonly allRooms: number;
  /** MiB, before the listings and the most that there was. */
  readonly idle: number;
  readonly peak: number;
}

async function grown(lab: BenchLab, size: (typeof steps)[number]): Promise<Grown> {
  const { room } = lab;
  await room.bot().stop();
  await fill(lab.server, size);
  const bot = await room.start({ main: builtMain });
  const asked = { name: 'castellan', roomId: room.roomId, asker: room.admin };
  const middle = async (line: string) => {
    const took: number[] = [];
    for (let n = -3; n < 20; n++) {
      const ms = await ask(asked, `!admin ${line}`);
      if (n >= 0) took.push(ms);
    }
    return median(took);
  };
  const version = await middle('server version');
  const oneUser = await middle('user details filled-7');
  const firstPage = await middle('user list-users --limit 100');
  const idle = residentMiB(bot.pid);
  const took: Record<'users' | 'pages' | 'rooms', number[]> = { users: [], pages: [], rooms: [] };
  for (let n = 0; n < turnsOf(size); n++) {
    took.users.push(await listed(room, 'user list-users --all -o csv'));
    took.pages.push(await pages(lab));
    took.rooms.push(await listed(room, 'room list-rooms --all -o csv'));
  }
  return {
    ...size,
    version,
    oneUser,
    firstPage,
    allUsers: median(took.users),
    rawPages: median(took.pages),
    allRooms: median(took.rooms),
    idle,
    peak: peakMiB(bot.pid),
  };
}

/** The same questions on servers of three sizes. */
export async function growth(): Promise<readonly Grown[]> {
  const lab = await openBenchLab('growth');
  try {
    const all: Grown[] = [];
    for (const size of steps) all.push(await grown(lab, size));
    return all;
  } finally {
    await lab.close();
  }
}

/** Lists of all accounts, beside the pages that they come from; memory; and that nothing else grows with the server. */
export function listingLines(sizes: readonly Grown[]): readonly Line[] {
  const [small, middle, large] = sizes;
  if (small === undefined || middle === undefined || large === undefined) return [];
  const count = (n: number) => n.toLocaleString('en');
  return [
    {
      measure: `list ${count(middle.users)} users to CSV`,
      against: 'the raw pages, one after the other',
      castellan: middle.allUsers / 1000,
      other: middle.rawPages / 1000,
      unit: 's',
      asked: { kind: 'ratio at most', value: 1.15 },
      note: `a list of ${count(small.users)} users takes ${(small.allUsers / 1000).toFixed(2)} s, from the command to the file in the room; with that the raw pages would come to ${((middle.rawPages + small.allUsers) / middle.rawPages).toFixed(2)} × themselves.`,
    },
    {
      measure: `most memory while listing ${count(large.users)} users to CSV`,
      against: 'before it',
      castellan: large.peak,
      other: large.idle,
      unit: 'MiB',
      asked: { kind: 'more at most', value: 60 },
    },
    {
      measure: `server version, ${count(large.users)} users`,
      against: `the same, ${count(small.users)} users`,
      castellan: large.version,
      other: small.version,
      unit: 'ms',
    },
    {
      measure: `user details, ${count(large.users)} users`,
      against: `the same, ${count(small.users)} users`,
      castellan: large.oneUser,
      other: small.oneUser,
      unit: 'ms',
    },
    {
      measure: `list ${count(large.users)} users to CSV`,
      against: 'the raw pages, one after the other',
      castellan: large.allUsers / 1000,
      other: large.rawPages / 1000,
      unit: 's',
    },
  ];
}
