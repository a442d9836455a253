import { vi } from 'vitest';
import type { TestClient } from './client.ts';

/**
 * Waits until a new server has finished making its tables: until then it answers 500 to some writes, bringing an account
 * back to life among them.
 */
export async function backgroundUpdatesDone(admin: TestClient): Promise<void> {
  await vi.waitFor(
    async () => {
      const { current_updates: left } = await admin.admin('GET', '/v1/background_updates/status');
      if (Object.keys(left as object).length > 0) throw new Error('the server still makes its tables');
    },
    { timeout: 60_000, interval: 200 },
  );
}
