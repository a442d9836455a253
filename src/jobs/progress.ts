import { totalOf } from '../commands/job/total-of.ts';
import { progressReply } from '../core/job-reply.ts';
import { renderNotice } from '../core/render.ts';
import { code, say, type Text } from '../core/text.ts';
import type { Content } from '../matrix/matrix.ts';
import type { Context } from '../pipeline/context.ts';
import { frozenOf } from '../pipeline/plan-store.ts';
import { transactionId } from '../pipeline/transaction-id.ts';
import type { ItemRow, JobRow } from '../store/store.ts';

/** An edit is sent at most so often, and of counts alone only when so much has moved on. */
const editEveryMs = 5_000;
const editEveryPart = 0.05;

export interface Progress {
  /** An item has ended. */
  ended(n: number): void;
  /** How far an item under way is. */
  says(item: Pick<ItemRow, 'n' | 'target'>, text: string): void;
  /** Something else than an item has changed: the homeserver is away or back, the job was cancelled. */
  changed(): void;
  /** No edit goes out any more; resolves when the last one is through. */
  close(): Promise<void>;
}

/** What the job's message says beyond its counts. */
export interface Standing {
  readonly said?: readonly Text[];
  readonly away?: boolean;
  readonly stopping?: boolean;
  readonly ended?: boolean;
}

const keyOf = ({ said = [], away = false, stopping = false }: Standing) => JSON.stringify([said, away, stopping]);

/** The job's message as it should read now. */
export function editOf(prefix: string, job: JobRow, messageId: string, standing: Standing): Content {
  const { heading = job.command } = frozenOf(job.frozen);
  const progress = progressReply({
    id: job.id,
    heading: say`${heading}`,
    total: totalOf(job),
    counts: job.counts,
    ...standing,
  });
  const content = renderNotice(progress, { prefix, path: job.command });
  return {
    ...content,
    body: `* ${content.body}`,
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id: messageId },
  };
}

/** Keeps the job's one message up to date by editing it; nothing depends on whether an edit arrives. */
export function createProgress(
  { store, matrix, catalog, clock }: Context,
  row: JobRow,
  standing: () => Pick<Standing, 'away' | 'stopping'>,
): Progress {
  const total = totalOf(row);
  /** Part of the edits' transaction ids: after a restart the same words may be due again. */
  const startedAt = clock();
  const said = new Map<number, Text>();
  let shownAt = performance.now();
  let shownEnded = 0;
  /** Of a job that was taken up again, or has waited for others, the message says something else. */
  const stale = row.resumedBy !== undefined || clock() - row.createdAt >= editEveryMs;
  let shownWords = stale ? '' : keyOf({});
  let edits = 0;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<unknown> | undefined;
  let closed = false;

  function look(): void {
    timer = undefined;
    shownAt = performance.now();
    const job = store.jobs.get(row.id);
    if (job?.messageId === undefined) return;
    const { counts } = job;
    const ended = total - counts.pending - counts.running - counts.stepped;
    const now = { ...standing(), said: [...said.values()] };
    const words = keyOf(now);
    if (words === shownWords && ended - shownEnded < total * editEveryPart) return;
    shownEnded = ended;
    shownWords = words;
    edits += 1;
    sending = matrix
      .send(
        row.roomId,
        'm.room.message',
        editOf(catalog.prefix, job, job.messageId, now),
        transactionId(job.messageId, `progress ${ended} ${startedAt} ${edits}`),
      )
      .catch(() => undefined)
      .finally(() => {
        sending = undefined;
      });
  }

  /** Looks as soon as an edit may be sent again, and so never misses the last word before a long silence. */
  function touch(): void {
    if (closed || timer !== undefined) return;
    timer = setTimeout(again, Math.max(0, shownAt + editEveryMs - performance.now())).unref();
  }

  function again(): void {
    if (sending === undefined) look();
    else {
      timer = undefined;
      void sending.finally(touch);
    }
  }

  if (stale) look();

  return {
    ended(n) {
      said.delete(n);
      touch();
    },
    says({ n, target }, text) {
      // The heading of a job of one item names it.
      said.set(n, total === 1 ? say`${text}` : say`${code(target)}: ${text}`);
      touch();
    },
    changed: touch,
    async close() {
      closed = true;
      clearTimeout(timer);
      await sending;
    },
  };
}
