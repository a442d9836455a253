import { expect, test, vi } from 'vitest';
import { createAudit } from '../../src/store/audit.ts';
import { connect } from '../../src/store/connection.ts';
import { createDue } from '../../src/store/due.ts';
import { createInbox } from '../../src/store/inbox.ts';
import { createJobs } from '../../src/store/jobs.ts';
import { createOutbox } from '../../src/store/outbox.ts';
import { createPlans } from '../../src/store/plans.ts';
import { createPrune } from '../../src/store/prune.ts';
import { createValues } from '../../src/store/values.ts';
import { storeFile } from './store-file.ts';

test('no statement reads a whole table or sorts, but those that are meant to', () => {
  const connection = connect(storeFile(), { clock: () => 0 });
  const { db } = connection;
  const prepare = vi.spyOn(db, 'prepare');
  const audit = createAudit(connection);
  const inbox = createInbox(connection);
  const plans = createPlans(connection);
  createOutbox(connection, inbox, plans, createJobs(connection, audit).noun.setMessage);
  createDue(connection);
  createValues(connection);
  createPrune(connection);
  const page = { limit: 10, from: 0 };
  const time = { since: 1, until: 2 };
  for (const times of [{}, time]) {
    audit.list({ ...page, ...times });
    for (const who of [{ actor: '@a:b' }, { command: 'help' }, { target: '@c:d' }]) {
      audit.list({ ...page, ...times, ...who });
    }
    audit.list({ ...page, ...times, actor: '@a:b', command: 'help', target: '@c:d' });
  }
  const statements = new Set(prepare.mock.calls.map(([sql]) => sql));
  prepare.mockRestore();
  expect(statements.size).toBeGreaterThan(40);

  const slow = [...statements].flatMap((sql) =>
    db
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql.replace(/\?|:[a-z]\w*/gi, '1')}`)
      .all()
      .map((row) => row.detail)
      // A scan of a partial index reads only what is open; one by an index in the wanted order stops at its limit.
      .filter((detail) => /SCAN (?!CONSTANT)|TEMP B-TREE/.test(detail))
      .map((detail) => `${detail}: ${sql.replace(/\s+/g, ' ').slice(0, 60)}`),
  );
  expect(slow.sort()).toMatchInlineSnapshot(`
    [
      "SCAN audit USING COVERING INDEX audit_at: SELECT count(*) FROM audit",
      "SCAN audit USING INDEX audit_at: SELECT audit.seq, audit.hash, audit.record FROM audit ORDER ",
      "SCAN audit: SELECT seq, at, actor, command, hash, record, (SELECT json_g",
      "SCAN audit: SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1",
      "SCAN audit_target: SELECT count(*) FROM audit_target",
      "SCAN due USING COVERING INDEX due_at: SELECT at FROM due ORDER BY at LIMIT 1",
      "SCAN inbox USING INDEX inbox_open: SELECT seq, room_id AS roomId, event_id AS eventId, sender, ",
      "SCAN job USING INDEX job_unfinished: SELECT id, requester, room_id AS roomId, source, command, in",
      "SCAN job: SELECT id, requester, room_id AS roomId, source, command, in",
      "SCAN outbox USING INDEX outbox_unsent: SELECT id, for_event AS forEvent, room_id AS roomId, type, c",
      "SCAN plan USING INDEX plan_open: SELECT code, requester, room_id AS roomId, source, command, ",
      "SCAN plan: DELETE FROM plan WHERE state <> 'open' AND expires_at < ? AN",
    ]
  `);
  db.close();
});
