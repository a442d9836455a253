import type { Json } from '../core/json.ts';
import type { Connection } from './connection.ts';
import type { AuditEntry, ItemRow, ItemState, JobRow, JobState, NewJob, Store } from './store.ts';

interface Row extends Omit<JobRow, 'input' | 'frozen' | 'finishedAt' | 'messageId' | 'resumedBy' | 'counts'> {
  readonly input: string;
  readonly frozen: string;
  readonly finishedAt: number | null;
  readonly messageId: string | null;
  readonly resumedBy: string | null;
}

interface StoredItem extends Omit<ItemRow, 'data' | 'note' | 'kept'> {
  readonly data: string;
  readonly kept: string | null;
  readonly note: string | null;
}

/** The jobs with what the transactions of an act and of a sent message do to them. */
export interface Jobs {
  readonly noun: Omit<Store['jobs'], 'finish'>;
  /** Throws where the id is in use. */
  add(job: NewJob): void;
  /** Notes the end; a second end changes nothing but the state. */
  end(id: string, state: 'finished' | 'cancelled'): void;
}

/** Lists of items, one step each. */
export function createJobs({ db, clock, write }: Connection, audit: Store['audit']): Jobs {
  const select = `SELECT id, requester, room_id AS roomId, source, command, input, frozen, state, created_at AS createdAt,
    finished_at AS finishedAt, message_id AS messageId, resumed_by AS resumedBy FROM job`;
  const get = db.prepare<[string], Row>(`${select} WHERE id = ?`);
  const list = db.prepare<[number], Row>(`${select} ORDER BY seq DESC LIMIT ?`);
  const unfinished = db.prepare<[], Row>(`${select} WHERE state IN ('queued', 'running', 'interrupted') ORDER BY seq`);
  const counts = db.prepare<[string], { state: ItemState; count: number }>(
    'SELECT state, count(*) AS count FROM job_item WHERE job_id = ? GROUP BY state',
  );
  const setState = db.prepare<[JobState, string]>('UPDATE job SET state = ? WHERE id = ?');
  const setMessage = db.prepare<[string, string]>('UPDATE job SET message_id = ? WHERE id = ?');
  const resume = db.prepare<[string, string, string]>(
    `UPDATE job SET state = 'queued', finished_at = NULL, requester = ?, resumed_by = ?
    WHERE id = ? AND state = 'cancelled'`,
  );
  const end = db.prepare<[JobState, number, string]>(
    'UPDATE job SET state = ?, finished_at = coalesce(finished_at, ?) WHERE id = ?',
  );
  const add = db.prepare<[object]>(
    `INSERT INTO job (id, requester, room_id, source, command, input, frozen, state, created_at)
    VALUES (:id, :requester, :roomId, :source, :command, :input, :frozen, 'queued', :createdAt)`,
  );
  const addItem = db.prepare<[string, number, string, string]>(
    "INSERT INTO job_item (job_id, n, target, data, state) VALUES (?, ?, ?, ?, 'pending')",
  );
  const columns = 'n, target, data, state, note, attempt, kept';
  const items = db.prepare<[string, number, number], StoredItem>(
    `SELECT ${columns} FROM job_item WHERE job_id = ? AND n > ? ORDER BY n LIMIT ?`,
  );
  // Left alone, SQLite reads all items in order of n to find the few in the state wanted.
  const itemsInState = db.prepare<[string, ItemState, number, number], StoredItem>(
    `SELECT ${columns} FROM job_item INDEXED BY job_item_state WHERE job_id = ? AND state = ? AND n > ? ORDER BY n LIMIT ?`,
  );
  const beginItem = db.prepare<[string, number]>(
    `UPDATE job_item SET state = 'running', attempt = attempt + 1
    WHERE job_id = ? AND n = ? AND state NOT IN ('done', 'skipped')`,
  );
  const keep = db.prepare<[string, string, number]>('UPDATE job_item SET kept = ? WHERE job_id = ? AND n = ?');
  const endItem = db.prepare<[ItemState, string | null, string, number]>(
    `UPDATE job_item SET state = ?, note = ? WHERE job_id = ? AND n = ? AND state NOT IN ('done', 'skipped')`,
  );
  const mustChange = (changes: number, what: string) => {
    if (changes !== 1) throw new Error(`${what} is not there or over`);
  };
  const begin = (id: string, n: number, intent: AuditEntry) => {
    mustChange(beginItem.run(id, n).changes, `item ${n} of job ${id}`);
    audit.append(intent);
  };
  const fromRow = (row: Row): JobRow => ({
    ...row,
    input: JSON.parse(row.input),
    frozen: JSON.parse(row.frozen),
    finishedAt: row.finishedAt ?? undefined,
    messageId: row.messageId ?? undefined,
    resumedBy: row.resumedBy ?? undefined,
    counts: {
      ...{ pending: 0, running: 0, stepped: 0, done: 0, skipped: 0, failed: 0, unknown: 0 },
      ...Object.fromEntries(counts.all(row.id).map(({ state, count }) => [state, count])),
    },
  });

  return {
    noun: {
      get(id) {
        const row = get.get(id);
        return row === undefined ? undefined : fromRow(row);
      },
      list: (limit) => list.all(limit).map(fromRow),
      unfinished: () => unfinished.all().map(fromRow),
      setState: write((id: string, state: JobState) => {
        mustChange(setState.run(state, id).changes, `job ${id}`);
      }),
      setMessage: write((id: string, messageId: string) => {
        mustChange(setMessage.run(messageId, id).changes, `job ${id}`);
      }),
      resume: write(
        (id: string, requester: string, resumedBy: string) => resume.run(requester, resumedBy, id).changes === 1,
      ),
      items(id, states, limit = -1, after = 0) {
        if (states === undefined) return items.all(id, after, limit).map(fromItem);
        // One walk of the index a state, so that the first of 100,000 cost no more than the first of ten.
        const found = [...new Set(states)].flatMap((state) => itemsInState.all(id, state, after, limit));
        found.sort((a, b) => a.n - b.n);
        return (limit < 0 ? found : found.slice(0, limit)).map(fromItem);
      },
      beginItem: write(begin),
      keep: write((id: string, n: number, data: Json) => {
        mustChange(keep.run(JSON.stringify(data), id, n).changes, `item ${n} of job ${id}`);
      }),
      endItem: write(
        (
          id: string,
          n: number,
          state: ItemState,
          note: string | undefined,
          outcome: AuditEntry | undefined,
          following?: { readonly n: number; readonly intent: AuditEntry },
        ) => {
          mustChange(endItem.run(state, note ?? null, id, n).changes, `item ${n} of job ${id}`);
          if (outcome !== undefined) audit.append(outcome);
          if (following !== undefined) begin(id, following.n, following.intent);
        },
      ),
    },
    add: write((job: NewJob) => {
      add.run({
        id: job.id,
        requester: job.requester,
        roomId: job.roomId,
        source: job.source,
        command: job.command,
        input: JSON.stringify(job.input),
        frozen: JSON.stringify(job.frozen),
        createdAt: clock(),
      });
      job.items.forEach((item, at) => {
        addItem.run(job.id, at + 1, item.target, JSON.stringify(item.data ?? null));
      });
    }),
    end: write((id: string, state: 'finished' | 'cancelled') => {
      mustChange(end.run(state, clock(), id).changes, `job ${id}`);
    }),
  };
}

function fromItem(row: StoredItem): ItemRow {
  return {
    ...row,
    data: JSON.parse(row.data),
    note: row.note ?? undefined,
    kept: row.kept === null ? undefined : JSON.parse(row.kept),
  };
}
