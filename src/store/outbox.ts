import type { Connection } from './connection.ts';
import type { Inbox } from './inbox.ts';
import type { Plans } from './plans.ts';
import type { NewOutbox, OutboxRow, Store } from './store.ts';

interface Row {
  readonly id: number;
  readonly forEvent: string | null;
  readonly roomId: string;
  readonly type: string;
  readonly content: string;
  readonly transactionId: string;
  readonly planCode: string | null;
  readonly jobId: string | null;
  readonly nextLine: string | null;
  readonly createdAt: number;
}

/** The outbox with what the transactions of an act put into it. */
export interface Outbox {
  readonly noun: Store['outbox'];
  /** Throws where the transaction id is known. */
  answer(forEvent: string, message: NewOutbox): void;
}

/** Messages that must arrive once; `setJobMessage` notes a progress message on its job. */
export function createOutbox(
  { db, clock, write }: Connection,
  inbox: Inbox,
  plans: Plans,
  setJobMessage: (jobId: string, messageId: string) => void,
): Outbox {
  const insert = `INSERT INTO outbox (for_event, room_id, type, content, transaction_id, plan_code, job_id, next_line, created_at)
    VALUES (:forEvent, :roomId, :type, :content, :transactionId, :planCode, :jobId, :nextLine, :createdAt)`;
  const answer = db.prepare<[Omit<Row, 'id'>]>(insert);
  const add = db.prepare<[Omit<Row, 'id'>]>(`${insert} ON CONFLICT (transaction_id) DO NOTHING`);
  const unsent = db.prepare<[], Row>(
    `SELECT id, for_event AS forEvent, room_id AS roomId, type, content, transaction_id AS transactionId, plan_code AS planCode,
      job_id AS jobId, next_line AS nextLine, created_at AS createdAt
    FROM outbox WHERE sent_at IS NULL ORDER BY id`,
  );
  const sent = db.prepare<[number, string, number], Pick<Row, 'forEvent' | 'planCode' | 'jobId'>>(
    `UPDATE outbox SET sent_at = ?, sent_event_id = ? WHERE id = ? AND sent_at IS NULL
    RETURNING for_event AS forEvent, plan_code AS planCode, job_id AS jobId`,
  );
  const nextLine = db
    .prepare<[string], string>('SELECT next_line FROM outbox WHERE sent_event_id = ? AND next_line IS NOT NULL')
    .pluck();
  const toRow = (message: NewOutbox, forEvent: string | null) => ({
    forEvent,
    roomId: message.roomId,
    type: message.type,
    content: JSON.stringify(message.content),
    transactionId: message.transactionId,
    planCode: message.planCode ?? null,
    jobId: message.jobId ?? null,
    nextLine: message.nextLine ?? null,
    createdAt: clock(),
  });

  return {
    noun: {
      add: write((message: NewOutbox) => {
        add.run(toRow(message, null));
      }),
      unsent: () => unsent.all().map(fromRow),
      sent: write((id: number, sentEventId: string) => {
        const row = sent.get(clock(), sentEventId, id);
        if (row === undefined) return;
        if (row.planCode !== null) plans.shownBy(row.planCode, sentEventId);
        if (row.jobId !== null) setJobMessage(row.jobId, sentEventId);
        if (row.forEvent !== null) inbox.answeredIfSent(row.forEvent);
      }),
      nextLine: (sentEventId) => nextLine.get(sentEventId),
    },
    answer: write((forEvent: string, message: NewOutbox) => {
      answer.run(toRow(message, forEvent));
    }),
  };
}

function fromRow({ planCode, jobId, nextLine, ...row }: Row): OutboxRow {
  return {
    ...row,
    forEvent: row.forEvent ?? undefined,
    content: JSON.parse(row.content),
    ...(planCode === null ? {} : { planCode }),
    ...(jobId === null ? {} : { jobId }),
    ...(nextLine === null ? {} : { nextLine }),
  };
}
