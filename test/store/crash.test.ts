import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { start } from './processes.ts';
import { makeStore, storeFile } from './store-file.ts';

const order: readonly (string | undefined)[] = ['received', 'running', 'done', 'answered'];

/** Everything in the file that a transaction must have written together but did not. */
function torn(path: string): readonly unknown[] {
  const db = new Database(path, { readonly: true });
  const intents =
    "(SELECT count(*) FROM audit WHERE record ->> 'source' = i.event_id AND record ->> 'kind' = 'intent')";
  const outcomes =
    "(SELECT count(*) FROM audit WHERE record ->> 'source' = i.event_id AND record ->> 'kind' = 'outcome')";
  const messages = '(SELECT count(*) FROM outbox WHERE for_event = i.event_id)';
  const unsent = '(SELECT count(*) FROM outbox WHERE for_event = i.event_id AND sent_at IS NULL)';
  const jobs = "(SELECT count(*) FROM job WHERE id = 'job-' || i.event_id)";
  const items = "(SELECT count(*) FROM job_item WHERE job_id = 'job-' || i.event_id)";
  const found = db
    .prepare(
      `SELECT i.event_id AS event, i.state, i.attempt, ${intents} AS intents, ${outcomes} AS outcomes,
        ${messages} AS messages, ${unsent} AS unsent, ${jobs} AS jobs, ${items} AS items, made.code AS made, claimed.state AS claimed
      FROM inbox i LEFT JOIN plan made ON made.source = i.event_id LEFT JOIN plan claimed ON claimed.claimed_by = i.event_id
      WHERE NOT CASE
        WHEN i.state = 'received' THEN
          ${intents} = 0 AND i.attempt = 0 AND claimed.state IS NULL AND made.code IS NULL AND ${messages} = 0
        WHEN i.state = 'running' THEN
          ${intents} = i.attempt AND i.attempt > 0 AND claimed.state = 'claimed' AND ${outcomes} = 0 AND ${messages} = 0 AND ${jobs} = 0
        WHEN i.event_id LIKE '%offer' THEN
          made.code IS NOT NULL AND ${messages} = 1 AND (i.state = 'done') = (${unsent} > 0) AND (i.state = 'done') = (made.message_id IS NULL)
        ELSE
          ${intents} = i.attempt AND ${outcomes} = 1 AND ${messages} = 2 AND (i.state = 'done') = (${unsent} > 0) AND ${items} = 20
      END`,
    )
    .all();
  const begun = db
    .prepare(
      `SELECT job_id, n, state, attempt FROM job_item WHERE n = 1 AND attempt <> (SELECT count(*) FROM audit
        WHERE record ->> 'source' = 'item-' || substr(job_id, 5) AND record ->> 'kind' = 'intent')`,
    )
    .all();
  const ended = db
    .prepare(
      `SELECT id, state FROM job WHERE (state = 'finished') <>
        EXISTS (SELECT 1 FROM outbox WHERE transaction_id = 'end-' || substr(job.id, 5))`,
    )
    .all();
  db.close();
  return [...found, ...begun, ...ended];
}

test('kill −9 in the middle of anything leaves each transaction whole or not there, and loses none that was reported', async () => {
  const path = storeFile();
  for (let round = 1; round <= 20; round += 1) {
    const loop = start('act-loop.ts', path, `r${round}`);
    await loop.printed(3 + round * 5);
    await loop.kill();

    expect(torn(path)).toEqual([]);
    const { store } = makeStore(path);
    expect(store.audit.verify().firstBad).toBeUndefined();
    for (const line of loop.lines) {
      const [step, eventId = ''] = line.split(' ');
      const state = store.inbox.get(eventId)?.state ?? 'received';
      expect(order.indexOf(state), line).toBeGreaterThanOrEqual(order.indexOf(step));
    }
    store.close();
  }
});

test('two processes that append at once make one chain', async () => {
  const { store, path } = makeStore();
  const one = start('appender.ts', path, '@one:x', '@two:x');
  const two = start('appender.ts', path, '@two:x', '@one:x');
  expect(await Promise.all([one.ended(), two.ended()])).toEqual([0, 0]);
  expect(store.audit.count()).toBeGreaterThanOrEqual(200);
  expect(store.audit.verify().firstBad).toBeUndefined();
});
