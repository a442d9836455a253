import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { once } from '../core/once.ts';
import type { Matrix } from './matrix.ts';
import { syncFilter } from './sync-filter.ts';

const answer = once(() =>
  z.object({
    rooms: z
      .object({
        join: z.record(z.string(), z.unknown()).default({}),
        invite: z
          .record(z.string(), z.object({ invite_state: z.object({ events: z.array(z.unknown()).default([]) }) }))
          .default({}),
      })
      .default({ join: {}, invite: {} }),
  }),
);
const membership = once(() =>
  z.object({
    type: z.literal('m.room.member'),
    state_key: z.string(),
    sender: z.string(),
    content: z.object({ membership: z.literal('invite') }),
  }),
);

const joinedRooms = once(() => z.object({ joined_rooms: z.array(z.string()) }));

/** How the bot stands to a room. */
export type Standing = { readonly kind: 'joined' | 'outside' } | { readonly kind: 'invited'; readonly by: string };

/** Asks by a sync of its own, the one place where an invite shows who sent it; the position of the real one is not touched. */
export async function standingIn(matrix: Matrix, roomId: string): Promise<Standing> {
  // A first sync answers at once, whatever the time limit; but Synapse gives the same answer to the same request for two
  // minutes (`sync_response_cache_duration`), and an invite would stay unseen.
  const query = { filter: syncFilter([roomId], 0, []), timeout: randomInt(1_000_000) };
  const { rooms } = answer().parse(await matrix.request('GET', '/_matrix/client/v3/sync', undefined, { query }));
  if (roomId in rooms.join) return { kind: 'joined' };
  for (const event of rooms.invite[roomId]?.invite_state.events ?? []) {
    const read = membership().safeParse(event);
    if (read.success && read.data.state_key === matrix.userId) return { kind: 'invited', by: read.data.sender };
  }
  // A room with nothing that the filter lets through is left out of that answer by Synapse, also where one is in it.
  const { joined_rooms } = joinedRooms().parse(await matrix.request('GET', '/_matrix/client/v3/joined_rooms'));
  return { kind: joined_rooms.includes(roomId) ? 'joined' : 'outside' };
}
