import { MatrixFault, NoAnswer } from '../http.ts';
import type { Log } from '../log.ts';
import type { Content, Matrix } from '../matrix/matrix.ts';
import type { OutboxRow, Store } from '../store/store.ts';
import { nextPageKey } from './next-page-key.ts';
import { transactionId } from './transaction-id.ts';

/** Synapse keeps transaction ids for 24 hours; past half of that, the room is asked first. */
const trustTransactionMs = 12 * 60 * 60_000;

const afterFailureMs = 5_000;

export interface Outbox {
  /** Something was put into the store's outbox. */
  kick(): void;
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>;
}

export interface OutboxOptions {
  readonly matrix: Matrix;
  readonly store: Store;
  readonly log: Log;
  readonly clock: () => number;
  readonly stopped: () => boolean;
  /** Between two tries while the homeserver is away; resolves early on stop. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Sends what the store's outbox holds, in order, each message once however often it has to be tried. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { matrix, store, log, clock } = options;
  let running: Promise<void> | undefined;
  let again = false;

  async function sentBefore(row: OutboxRow): Promise<string | undefined> {
    if (clock() - row.createdAt < trustTransactionMs) return undefined;
    const own = await matrix.history(row.roomId, 2_000, (event) => event.originServerTs < row.createdAt - 60_000);
    return own.find(
      (event) => event.sender === matrix.userId && event.content['dev.castellan.txn'] === row.transactionId,
    )?.eventId;
  }

  /** False where the connection was stopped for good: what is left waits for the next start. */
  async function sendOne(row: OutboxRow): Promise<boolean> {
    const content: Content = { ...(row.content as Content), 'dev.castellan.txn': row.transactionId };
    for (let attempt = 0; !options.stopped(); attempt++) {
      try {
        const eventId =
          (await sentBefore(row)) ?? (await matrix.send(row.roomId, row.type, content, row.transactionId));
        // Before the plan counts as sent: a stop in between sends it again under the same id, and these with it.
        if (row.planCode !== undefined) offerReactions(row, plansKeys(row.planCode), eventId);
        if (row.nextLine !== undefined) offerReactions(row, [nextPageKey], eventId);
        store.outbox.sent(row.id, eventId);
        return true;
      } catch (error) {
        if (error instanceof MatrixFault && error.status < 500 && error.status !== 429) {
          // The room does not take it: nothing more can be said there.
          log.error({ eventId: row.forEvent, errcode: error.errcode, status: error.status }, 'an answer was refused');
          store.outbox.sent(row.id, `refused ${row.transactionId}`);
          return true;
        }
        if (!(error instanceof MatrixFault) && !(error instanceof NoAnswer)) throw error;
        if (error instanceof NoAnswer && error.kind === 'stopped') return false;
        await options.pause(Math.min(500 * 2 ** attempt, 15_000));
      }
    }
    return false;
  }

  /** A plan that wants its word typed is not confirmed by a tap. */
  function plansKeys(planCode: string): readonly string[] {
    return store.plans.get(planCode)?.word === undefined ? ['✅', '❌'] : ['❌'];
  }

  /** The bot puts the answers that there are under its message itself, so that a phone needs one tap. */
  function offerReactions(row: OutboxRow, keys: readonly string[], messageId: string): void {
    for (const key of keys) {
      store.outbox.add({
        roomId: row.roomId,
        type: 'm.reaction',
        content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: messageId, key } },
        transactionId: transactionId(messageId, `react ${key}`),
      });
    }
  }

  async function work(): Promise<void> {
    do {
      again = false;
      for (let rows = store.outbox.unsent(); rows.length > 0 && !options.stopped(); rows = store.outbox.unsent()) {
        for (const row of rows) {
          if (options.stopped() || !(await sendOne(row))) return;
        }
      }
    } while (again && !options.stopped());
  }

  function kick(): void {
    if (options.stopped()) return;
    again = true;
    running ??= work()
      .catch((error) => {
        log.error({ code: error instanceof Error ? error.name : 'unknown' }, 'outbox stopped short');
        // Sent perhaps, but not noted: the same transaction id makes no second message.
        setTimeout(kick, afterFailureMs).unref();
      })
      .finally(() => {
        running = undefined;
        if (again && !options.stopped()) kick();
      });
  }

  return {
    kick,
    idle: async () => running,
  };
}
