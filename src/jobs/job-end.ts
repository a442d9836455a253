import type { AnyCommand } from '../commands/define.ts';
import { jobReply } from '../core/job-reply.ts';
import type { Json } from '../core/json.ts';
import { renderReply } from '../core/render.ts';
import { paragraph, type Reply } from '../core/reply.ts';
import { commandLine, counted, say, type Text } from '../core/text.ts';
import type { Context } from '../pipeline/context.ts';
import { frozenOf } from '../pipeline/plan-store.ts';
import { problemOf } from '../pipeline/problem-of.ts';
import { transactionId } from '../pipeline/transaction-id.ts';
import { mediaDue, uploaded } from '../pipeline/uploaded.ts';
import type { ItemRow, JobRow, NewOutbox } from '../store/store.ts';
import { handedOut } from './hand-out.ts';
import { editOf } from './progress.ts';
import { beganBy } from './running-job.ts';

export interface JobEnd {
  readonly state: 'finished' | 'cancelled';
  /** Why it ended early, what could not be put away. */
  readonly remarks: readonly Text[];
  /** False: files that cannot be uploaded are left out. */
  readonly insistOnFiles: boolean;
}

/**
 * The report of a job's end: a new message that mentions who asked for it. Throws `Problem('unavailable')` while its
 * files cannot be uploaded, if they are insisted on.
 */
export async function jobEnd(context: Context, row: JobRow, end: JobEnd): Promise<NewOutbox> {
  const { state } = end;
  const { store, matrix, catalog, log } = context;
  const job = store.jobs.get(row.id) ?? row;
  const began = beganBy(job);
  const { messageId } = job;
  if (messageId !== undefined) {
    store.outbox.add({
      roomId: row.roomId,
      type: 'm.room.message',
      content: editOf(catalog.prefix, job, messageId, { ended: true }) as Json,
      transactionId: transactionId(began, `job ${row.id} last edit`),
    });
  }
  const report = jobReport(context, row, state);
  const remarks = [...secretsOf(context, row), ...end.remarks];
  const rendered = () =>
    renderReply(
      { ...report, blocks: [...report.blocks, ...remarks.map(paragraph)] },
      { output: 'human', prefix: catalog.prefix, path: row.command, notify: row.requester },
    );
  const told = remarks.length;
  const { content, attachments } = rendered();
  for (const [at, attachment] of attachments.entries()) {
    try {
      const file = await uploaded(matrix, attachment);
      store.due.add(mediaDue(file.url, row.roomId, context.clock()));
      store.outbox.add({
        roomId: row.roomId,
        type: 'm.room.message',
        content: file as Json,
        transactionId: transactionId(began, `job ${row.id} file ${at}`),
      });
    } catch (error) {
      const problem = problemOf(error, log);
      if (problem.code === 'unavailable' && end.insistOnFiles) throw problem;
      // The end is told all the same.
      remarks.push(say`⚠️ ${problem.text} ${commandLine(`job show ${row.id}`)} has what stands in it.`);
    }
  }
  return {
    roomId: row.roomId,
    type: 'm.room.message',
    content: {
      ...(remarks.length > told ? rendered().content : content),
      'm.relates_to': { 'm.in_reply_to': { event_id: messageId || row.source } },
      'dev.castellan.for': began,
      'dev.castellan.job': row.id,
    } as Json,
    transactionId: transactionId(began, `job ${row.id} end`),
  };
}

function reported({ target, data, state, note }: ItemRow, command: AnyCommand | undefined) {
  const { handOut, line } = command?.job ?? {};
  return {
    target,
    state,
    note: state === 'stepped' && handOut !== undefined ? `made, but its ${handOut.what} was not handed out` : note,
    ...(line === undefined ? {} : { line: line({ target, data }) }),
  };
}

/** What came of each item of a job that is over, for whoever asked for it. */
export function jobReport({ store, catalog }: Context, row: JobRow, state: JobEnd['state']): Reply {
  const { heading = row.command, heldSecret } = frozenOf(row.frozen);
  const command = catalog.commands.find(({ path }) => path === row.command);
  return jobReply({
    id: row.id,
    heading: say`${heading}`,
    state,
    items: store.jobs.items(row.id).map((item) => reported(item, command)),
    path: row.command,
    takesList: command?.body !== undefined && command.body.kind !== 'text',
    // Its secrets are gone by then.
    resumable: state === 'cancelled' && !heldSecret,
  });
}

/** Where the secrets are that were made. */
function secretsOf({ secrets, store, catalog }: Context, row: JobRow): readonly Text[] {
  const { what } = catalog.commands.find(({ path }) => path === row.command)?.job?.handOut ?? {};
  if (what === undefined) return [];
  const count = store.jobs.items(row.id).filter(({ note }) => note === handedOut(what)).length;
  if (count === 0) return [];
  return [say`🔑 ${counted(count, what)} ${count === 1 ? 'was' : 'were'} made: ${secrets.where}.`];
}
