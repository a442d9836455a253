import { z } from 'zod';
import { once } from '../core/once.ts';
import { eventTypes } from './sync-filter.ts';

const page = once(() => z.object({ chunk: z.array(z.unknown()), end: z.string().optional() }));

/** One `GET /rooms/{roomId}/messages` with this query. */
export type ReadMessages = (query: Record<string, string | number>) => Promise<unknown>;

/**
 * What a `limited` timeline left out, oldest first: everything between `since`, the position before the sync, and
 * `prevBatch`, where its timeline begins (client API, "Syncing", 6.3). However much it is: each may be a command. What
 * `keep` does not hold for is not held: a flood while the bot was away may be larger than its memory.
 */
export async function missedEvents(
  read: ReadMessages,
  prevBatch: string,
  since: string,
  keep: (event: unknown) => boolean = () => true,
): Promise<unknown[]> {
  const filter = JSON.stringify({ types: eventTypes });
  const newestFirst: unknown[] = [];
  for (let from: string | undefined = prevBatch; from !== undefined; ) {
    const { chunk, end } = page().parse(await read({ dir: 'b', from, to: since, limit: 500, filter }));
    for (const event of chunk) if (keep(event)) newestFirst.push(event);
    // A page may be empty and yet not be the last: the filter works after the limit on some servers.
    from = end === from ? undefined : end;
  }
  return newestFirst.reverse();
}
