import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** What the store says is still to be done, or undefined where there is nothing; opened and closed again, so that the next start finds it alone. */
export function unsettled(dataDir: string, eventId: string): string | undefined {
  const file = join(dataDir, 'castellan.db');
  if (!existsSync(file)) return 'there is no store';
  const db = new Database(file, { readonly: true, timeout: 5_000 });
  try {
    const state = db.prepare<[string], string>('SELECT state FROM inbox WHERE event_id = ?').pluck().get(eventId);
    if (state !== 'answered') return `the event is ${state ?? 'not stored'}`;
    const count = (sql: string) => db.prepare<[], number>(`SELECT count(*) FROM ${sql}`).pluck().get() ?? 0;
    if (count("inbox WHERE state <> 'answered'") > 0) return 'another event is not answered';
    if (count('outbox WHERE sent_at IS NULL') > 0) return 'a message is not sent';
    if (count('job WHERE finished_at IS NULL') > 0) return 'a job is not finished';
    if (count("due WHERE kind = 'redact'") > 0) return 'a typed secret is not removed';
    return undefined;
  } finally {
    db.close();
  }
}
