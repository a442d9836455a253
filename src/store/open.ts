import { createAudit } from './audit.ts';
import { backUp } from './backup.ts';
import { connect, type StoreOptions } from './connection.ts';
import { createDue } from './due.ts';
import { createInbox } from './inbox.ts';
import { createJobs } from './jobs.ts';
import { createLedger } from './ledger.ts';
import { createOutbox } from './outbox.ts';
import { createPlans } from './plans.ts';
import { createPrune } from './prune.ts';
import { StorageProblem, storageProblem } from './storage-problem.ts';
import type { AuditEntry, NewOutbox, Store } from './store.ts';
import { createValues } from './values.ts';

/**
 * Opens the store in the file at `path`, made private (0600) and brought to this version's schema. Throws a Problem where that cannot be: no
 * rights, a newer schema, an old one while another process holds the store's lock.
 */
export function openStore(path: string, options: StoreOptions): Store {
  const connection = connect(path, options);
  const { db, write } = connection;
  const audit = createAudit(connection);
  const inbox = createInbox(connection);
  const plans = createPlans(connection);
  const jobs = createJobs(connection, audit);
  const outbox = createOutbox(connection, inbox, plans, jobs.noun.setMessage);
  const due = createDue(connection);
  const writtenVersion = () => db.pragma('data_version', { simple: true });
  let seenVersion = writtenVersion();

  return {
    inbox: inbox.noun,
    outbox: outbox.noun,
    audit,
    plans: plans.noun,
    jobs: {
      ...jobs.noun,
      finish: write((id: string, state: 'finished' | 'cancelled', report: NewOutbox | undefined) => {
        jobs.end(id, state);
        if (report !== undefined) outbox.noun.add(report);
      }),
    },
    ledger: createLedger(connection),
    due,
    values: createValues(connection),
    begin: write((eventId: string, intent: AuditEntry | undefined, command: string, planCode?: string) => {
      if (planCode !== undefined && !plans.claim(planCode, eventId)) return false;
      inbox.running(eventId, command, planCode);
      if (intent !== undefined) audit.append(intent);
      return true;
    }),
    finish: write((eventId: string, result: Parameters<Store['finish']>[1]) => {
      inbox.done(eventId, result.outcome);
      const record = result.audit === undefined ? undefined : audit.append(result.audit);
      if (result.plan !== undefined) plans.add(result.plan);
      if (result.job !== undefined) jobs.add(result.job);
      for (const one of result.due ?? []) due.add(one);
      for (const message of result.outbox(record)) outbox.answer(eventId, message);
      inbox.answeredIfSent(eventId);
    }),
    prune: createPrune(connection),
    changedElsewhere() {
      const before = seenVersion;
      seenVersion = writtenVersion();
      return seenVersion !== before;
    },
    backUp: () => backUp(db, connection.clock()),
    close() {
      if (!db.open) return;
      if (!db.readonly) {
        // Whoever else has the store open will fold the log in later; waiting for them would hold up the end.
        db.pragma('busy_timeout = 0');
        try {
          db.pragma('wal_checkpoint(TRUNCATE)');
        } catch (error) {
          // On a full disk nothing is folded: what was written stays in the log, and is read from there at the next start.
          if (!(storageProblem(error) instanceof StorageProblem)) throw error;
        }
      }
      db.close();
    },
  };
}
