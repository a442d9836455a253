/** The schema, step by step; step n makes version n (`user_version`). A step that was released is never edited. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    room_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    kind TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    command TEXT,
    plan_code TEXT
  ) STRICT;
  CREATE INDEX inbox_open ON inbox (seq) WHERE state <> 'answered';
  CREATE INDEX inbox_answered ON inbox (received_at) WHERE state = 'answered';

  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    for_event TEXT REFERENCES inbox (event_id),
    room_id TEXT NOT NULL,
    type TEXT NOT NULL,
    content TEXT NOT NULL,
    transaction_id TEXT NOT NULL UNIQUE,
    plan_code TEXT,
    job_id TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    sent_event_id TEXT
  ) STRICT;
  CREATE INDEX outbox_for_event ON outbox (for_event);
  CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
  CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;

  -- record: the canonical JSON that is hashed; the other columns are there to search by and say the same.
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    command TEXT NOT NULL,
    hash TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_at ON audit (at);
  CREATE INDEX audit_actor ON audit (actor, at);
  CREATE INDEX audit_command ON audit (command, at);
  CREATE TABLE audit_target (
    target TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES audit (seq),
    PRIMARY KEY (target, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX audit_target_seq ON audit_target (seq);
  CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
    WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    BEGIN SELECT RAISE(ABORT, 'the audit trail has no gaps'); END;
  CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
  CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
  CREATE TRIGGER audit_target_no_update BEFORE UPDATE ON audit_target BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
  CREATE TRIGGER audit_target_no_delete BEFORE DELETE ON audit_target BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

  CREATE TABLE plan (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    requester TEXT NOT NULL,
    room_id TEXT NOT NULL,
    source TEXT NOT NULL,
    command TEXT NOT NULL,
    input TEXT NOT NULL,
    frozen TEXT NOT NULL,
    word TEXT,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    claimed_by TEXT,
    message_id TEXT UNIQUE
  ) STRICT;
  CREATE INDEX plan_open ON plan (seq) WHERE state = 'open';

  CREATE TABLE job (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    requester TEXT NOT NULL,
    room_id TEXT NOT NULL,
    source TEXT NOT NULL,
    command TEXT NOT NULL,
    input TEXT NOT NULL,
    frozen TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    message_id TEXT
  ) STRICT;
  CREATE INDEX job_unfinished ON job (seq) WHERE state IN ('queued', 'running', 'interrupted');
  CREATE TABLE job_item (
    job_id TEXT NOT NULL REFERENCES job (id),
    n INTEGER NOT NULL,
    target TEXT NOT NULL,
    data TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, n)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX job_item_state ON job_item (job_id, state, n);

  CREATE TABLE due (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    room_id TEXT NOT NULL,
    target TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX due_at ON due (at);

  CREATE TABLE value (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What a step of a job must know when it is taken up again: the id of the server's own task.
  ALTER TABLE job_item ADD COLUMN kept TEXT;

  -- Rooms that were banned here, or cut off from federation, and what there was before.
  CREATE TABLE ledger (
    kind TEXT NOT NULL,
    room_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    source TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (kind, room_id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- The event of the command that took a cancelled job up again; the job is then its sender's.
  ALTER TABLE job ADD COLUMN resumed_by TEXT;
  `,
  `
  -- The line that shows what comes after the page of a list that a message holds.
  ALTER TABLE outbox ADD COLUMN next_line TEXT;
  CREATE INDEX outbox_page ON outbox (sent_event_id) WHERE next_line IS NOT NULL;
  `,
];
