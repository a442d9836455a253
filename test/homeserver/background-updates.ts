import { vi } from 'vitest';
import type { Synapse } from './synapse.ts';

/**
 * Waits until a new server has finished making its tables: until then it answers 500 to some writes, bringing an account
 * back to life among them.
 */
export async function backgroundUpdatesDone(server: Synapse): Promise<void> {
  await vi.waitFor(
    () => {
      const [row] = server.queryDatabase('SELECT count(*) AS left FROM background_updates');
      if (row?.left !== 0) throw new Error('the server still makes its tables');
    },
    { timeout: 240_000, interval: 100 },
  );
}
