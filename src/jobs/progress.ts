import { totalOf } from '../commands/job/total-of.ts';
import { jobReply, progressReply } from '../core/job-reply.ts';
import type { Json } from '../core/json.ts';
import type { Problem } from '../core/problem.ts';
import { renderReply } from '../core/render.ts';
import { paragraph } from '../core/reply.ts';
import { say } from '../core/text.ts';
import type { Content } from '../matrix/matrix.ts';
import { mediaDue, uploaded } from '../pipeline/answer.ts';
import type { Context } from '../pipeline/context.ts';
import { frozenOf } from '../pipeline/plan-store.ts';
import { transactionId } from '../pipeline/transaction-id.ts';
import type { JobRow, NewOutbox } from '../store/store.ts';

/** An edit is sent at most so often, and only when so much has moved on. */
const editEveryMs = 5_000;
const editEveryPart = 0.05;

export interface Progress {
  /** An item has ended. */
  moved(): Promise<void>;
  /** How far the item under way is. */
  says(text: string): void;
}

/** The job's message as it should read now. */
function editOf(prefix: string, job: JobRow, messageId: string, ended: boolean, said?: string): Content {
  const { heading = job.command } = frozenOf(job.frozen);
  const progress = progressReply({
    id: job.id,
    heading: say`${heading}`,
    total: totalOf(job),
    counts: job.counts,
    ended,
    said,
  });
  const { content } = renderReply(progress, { output: 'human', prefix, path: job.command });
  return {
    ...content,
    body: `* ${content.body}`,
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id: messageId },
  };
}

/** Keeps the job's one message up to date by editing it; nothing depends on whether an edit arrives. */
export function createProgress(context: Context, row: JobRow): Progress {
  const { store, matrix, catalog } = context;
  /** Part of the edits' transaction ids: after a restart the same words may be due again. */
  const startedAt = context.clock();
  let shownAt = performance.now();
  let shown = 0;
  let said: string | undefined;
  let shownSaid: string | undefined;
  let edits = 0;
  let sending: Promise<unknown> | undefined;

  function edit(): void {
    const job = store.jobs.get(row.id);
    if (job?.messageId === undefined) return;
    const { counts } = job;
    const ended = totalOf(job) - counts.pending - counts.running - counts.stepped;
    if (said === shownSaid && ended - shown < totalOf(job) * editEveryPart) return;
    shown = ended;
    shownSaid = said;
    edits++;
    shownAt = performance.now();
    sending = matrix
      .send(
        row.roomId,
        'm.room.message',
        editOf(catalog.prefix, job, job.messageId, false, said),
        transactionId(job.messageId, `progress ${ended} ${startedAt} ${edits}`),
      )
      .catch(() => undefined)
      .finally(() => {
        sending = undefined;
      });
  }

  const editIfDue = () => {
    if (sending === undefined && performance.now() - shownAt >= editEveryMs) edit();
  };
  return {
    async moved() {
      editIfDue();
    },
    says(text) {
      said = text;
      editIfDue();
    },
  };
}

/** The report of a job's end: a new message that mentions who asked for it. */
export async function jobEnd(
  context: Context,
  row: JobRow,
  state: 'finished' | 'cancelled',
  problem: Problem | undefined,
): Promise<NewOutbox> {
  const { store, matrix, catalog } = context;
  const { heading = row.command } = frozenOf(row.frozen);
  const ended = store.jobs.get(row.id) ?? row;
  const { messageId } = ended;
  if (messageId !== undefined) {
    store.outbox.add({
      roomId: row.roomId,
      type: 'm.room.message',
      content: editOf(catalog.prefix, ended, messageId, true) as Json,
      transactionId: transactionId(row.source, `job ${row.id} last edit`),
    });
  }
  const items = store.jobs.items(row.id);
  const report = jobReply({ heading: say`${heading}`, state, items, path: row.command });
  const why = problem === undefined ? [] : [paragraph(problem.text)];
  const { content, attachments } = renderReply(
    { ...report, blocks: [...report.blocks, ...why] },
    { output: 'human', prefix: catalog.prefix, path: row.command, notify: row.requester },
  );
  for (const [at, attachment] of attachments.entries()) {
    const file = await uploaded(matrix, attachment);
    store.due.add(mediaDue(file.url, row.roomId, context.clock()));
    store.outbox.add({
      roomId: row.roomId,
      type: 'm.room.message',
      content: file as Json,
      transactionId: transactionId(row.source, `job ${row.id} file ${at}`),
    });
  }
  return {
    roomId: row.roomId,
    type: 'm.room.message',
    content: {
      ...content,
      'm.relates_to': { 'm.in_reply_to': { event_id: row.messageId || row.source } },
      'dev.castellan.for': row.source,
      'dev.castellan.job': row.id,
    } as Json,
    transactionId: transactionId(row.source, `job ${row.id} end`),
  };
}
