import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Synapse } from './synapse.ts';

/** Changes the server's own SQLite file while it runs, for what it has no call for; its caches do not learn of it. */
export function writeDatabase(server: Synapse, sql: string, ...parameters: unknown[]): void {
  const database = new Database(join(server.dataDir, 'homeserver.db'), { timeout: 10_000 });
  try {
    database.prepare(sql).run(...parameters);
  } finally {
    database.close();
  }
}

/** As if a device had been used at that time, in epoch ms. */
export function deviceWasSeen(server: Synapse, userId: string, deviceId: string, at: number): void {
  const sql = 'UPDATE devices SET last_seen = ?, ip = ?, user_agent = ? WHERE user_id = ? AND device_id = ?';
  writeDatabase(server, sql, at, '192.0.2.7', 'Element', userId, deviceId);
}
