import { setTimeout as delay } from 'node:timers/promises';
import type { AdminRoom } from './admin-room.ts';
import { fromStore } from './store-file.ts';

/** Waits until the bot has taken in everything that its rooms hold now. */
export async function seenByBot({ admin, dataDir }: AdminRoom): Promise<void> {
  const place = (position: unknown) => Number(/^s(\d+)_/.exec(String(position))?.[1]);
  const { next_batch } = await admin.request('GET', '/_matrix/client/v3/sync?timeout=0');
  const position = () => fromStore(dataDir, "SELECT value FROM value WHERE name = 'sync-position'")[0]?.value;
  while (place(position()) < place(next_batch)) await delay(50);
}
