import type { Connection } from './connection.ts';

const day = 24 * 60 * 60 * 1000;

/** Forgets what is long over. Ids of events stay for 30 days, since one may be delivered again; the audit trail stays. */
export function createPrune({ db, write }: Connection): (now: number) => void {
  const outbox = db.prepare<[number]>('DELETE FROM outbox WHERE sent_at < ? AND sent_at IS NOT NULL');
  const inbox = db.prepare<[number]>(
    `DELETE FROM inbox WHERE state = 'answered' AND received_at < ?
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE for_event = inbox.event_id)`,
  );
  // The plan that an unanswered event confirms is needed to settle it.
  const plan = db.prepare<[number]>(
    `DELETE FROM plan WHERE state <> 'open' AND expires_at < ?
    AND NOT EXISTS (SELECT 1 FROM inbox WHERE event_id = plan.claimed_by AND state <> 'answered')`,
  );
  return write((now: number) => {
    outbox.run(now - 7 * day);
    inbox.run(now - 30 * day);
    plan.run(now - 7 * day);
  });
}
