import type { Connection } from './connection.ts';
import type { InboxOutcome, InboxRow, NewInbox, Store } from './store.ts';

interface Row extends Omit<InboxRow, 'outcome' | 'command' | 'planCode'> {
  readonly outcome: InboxOutcome | null;
  readonly command: string | null;
  readonly planCode: string | null;
}

/** The inbox with the steps of an event after it was received; each throws where the event is not in the state before. */
export interface Inbox {
  readonly noun: Store['inbox'];
  /** From `received`, or once more from `running`; a plan noted before stays noted. */
  running(eventId: string, command: string, planCode: string | undefined): void;
  done(eventId: string, outcome: InboxOutcome): void;
  /** Where the event is `done` and none of its messages waits; otherwise nothing. */
  answeredIfSent(eventId: string): void;
}

/** The ids of events to act on; never their bodies. */
export function createInbox({ db, clock, write }: Connection): Inbox {
  const select = `SELECT seq, room_id AS roomId, event_id AS eventId, sender, kind, received_at AS receivedAt, state, outcome,
    attempt, command, plan_code AS planCode FROM inbox`;
  const receive = db.prepare<[NewInbox & { receivedAt: number }]>(
    `INSERT INTO inbox (room_id, event_id, sender, kind, received_at, state)
    VALUES (:roomId, :eventId, :sender, :kind, :receivedAt, 'received') ON CONFLICT (event_id) DO NOTHING`,
  );
  const get = db.prepare<[string], Row>(`${select} WHERE event_id = ?`);
  const open = db.prepare<[], Row>(`${select} WHERE state <> 'answered' ORDER BY seq`);
  const running = db.prepare<[string, string | null, string]>(
    `UPDATE inbox SET state = 'running', attempt = attempt + 1, command = ?, plan_code = coalesce(?, plan_code)
    WHERE event_id = ? AND state IN ('received', 'running')`,
  );
  const done = db.prepare<[InboxOutcome, string]>(
    "UPDATE inbox SET state = 'done', outcome = ? WHERE event_id = ? AND state IN ('received', 'running')",
  );
  const answeredIfSent = db.prepare<[string]>(
    `UPDATE inbox SET state = 'answered' WHERE event_id = ? AND state = 'done'
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE for_event = inbox.event_id AND sent_at IS NULL)`,
  );
  const mustChange = (changes: number, eventId: string, state: string) => {
    if (changes !== 1)
      throw new Error(`event ${eventId} cannot become ${state}: ${get.get(eventId)?.state ?? 'absent'}`);
  };

  return {
    noun: {
      receive: write((event: NewInbox) => receive.run({ ...event, receivedAt: clock() }).changes === 1),
      get(eventId) {
        const row = get.get(eventId);
        return row === undefined ? undefined : fromRow(row);
      },
      open: () => open.all().map(fromRow),
    },
    running: write((eventId: string, command: string, planCode: string | undefined) => {
      mustChange(running.run(command, planCode ?? null, eventId).changes, eventId, 'running');
    }),
    done: write((eventId: string, outcome: InboxOutcome) => {
      mustChange(done.run(outcome, eventId).changes, eventId, 'done');
    }),
    answeredIfSent: write((eventId: string) => {
      answeredIfSent.run(eventId);
    }),
  };
}

function fromRow(row: Row): InboxRow {
  return {
    ...row,
    outcome: row.outcome ?? undefined,
    command: row.command ?? undefined,
    planCode: row.planCode ?? undefined,
  };
}
