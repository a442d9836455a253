import { z } from 'zod';
import { once } from '../core/once.ts';
import { MatrixFault } from '../http.ts';
import type { Log } from '../log.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { Due, Store } from '../store/store.ts';
import { frozenOf } from './plan-store.ts';
import { removalKey } from './remove-secret.ts';
import { transactionId } from './transaction-id.ts';
import { forgetConsent } from './two-person.ts';

/** A secret that nobody has come to read is removed after this. */
const longestSecretMs = 24 * 60 * 60_000;
/** How often, at least, it is looked whether the requester has joined. */
const lookAgainMs = 5 * 60_000;
const retryMs = 60_000;
/** The longest a timer is set for; timers overflow at 2^31 ms. */
const longestTimerMs = 60 * 60_000;

export interface DueOptions {
  readonly matrix: Matrix;
  readonly store: Store;
  readonly redactAfterMs: number;
  readonly removeMedia: ((mxc: string) => Promise<void>) | undefined;
  readonly restoreAlias: (due: Due) => Promise<void>;
  readonly leaveRoom: (due: Due) => Promise<void>;
  readonly closeRegistration: (due: Due) => Promise<void>;
  readonly remindOfRegistration: (due: Due) => Promise<void>;
  readonly log: Log;
  readonly clock: () => number;
}

export interface DueWorker {
  /** Something was added. */
  wake(): void;
  stop(): void;
  idle(): Promise<void>;
}

const relations = once(() => z.object({ chunk: z.array(z.object({ event_id: z.string() })) }));
const memberEvent = once(() =>
  z.object({ content: z.object({ membership: z.string() }), origin_server_ts: z.number() }),
);

/** Does what is due, over restarts: removes secrets and uploads, ends plans, puts aliases back, leaves rooms, closes registration. */
export function createDueWorker(options: DueOptions): DueWorker {
  const { matrix, store, redactAfterMs, removeMedia, restoreAlias, leaveRoom, log, clock } = options;
  const { closeRegistration, remindOfRegistration } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;
  let failed = false;

  /** A message and its edits, which would otherwise still show it. */
  async function redactWithEdits({ roomId, target, key }: Due): Promise<void> {
    const path = `/_matrix/client/v1/rooms/${encodeURIComponent(roomId)}/relations/${encodeURIComponent(target)}/m.replace`;
    const edits = relations().safeParse(
      await matrix.request('GET', path, undefined, { query: { limit: 100 } }).catch(() => null),
    );
    for (const { event_id } of edits.success ? edits.data.chunk : []) {
      await matrix.redact(roomId, event_id, 'It held a secret', transactionId(event_id, key));
    }
    await matrix.redact(roomId, target, 'It held a secret', transactionId(target, key));
  }

  /** When the one other member joined, by the server's clock; undefined while she has not. */
  async function requesterJoinedAt(roomId: string): Promise<number | undefined> {
    const members = await matrix.joinedMembers(roomId);
    const other = [...members].find((userId) => userId !== matrix.userId);
    if (other === undefined) return undefined;
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state/m.room.member/${encodeURIComponent(other)}`;
    const event = memberEvent().safeParse(await matrix.request('GET', path, undefined, { query: { format: 'event' } }));
    return event.success ? event.data.origin_server_ts : undefined;
  }

  /** The time at which the secret must go: so long after it could be read, a day at most. Undefined: now. */
  async function secretStaysUntil({ roomId, target }: Due): Promise<number | undefined> {
    const message = await matrix.event(roomId, target);
    if (message === undefined || message.redacted) return undefined;
    const now = clock();
    const sentAt = now - message.ageMs;
    if (now >= sentAt + longestSecretMs) return undefined;
    const joinedAt = await requesterJoinedAt(roomId);
    if (joinedAt === undefined) {
      return Math.min(now + Math.min(lookAgainMs, redactAfterMs), sentAt + longestSecretMs);
    }
    const until = Math.min(Math.max(joinedAt, sentAt) + redactAfterMs, sentAt + longestSecretMs);
    return until > now ? until : undefined;
  }

  function expirePlan({ target: planCode }: Due): void {
    forgetConsent(store, planCode);
    const plan = store.plans.get(planCode);
    if (plan === undefined || !store.plans.close(planCode, 'expired')) return;
    if (frozenOf(plan.frozen).heldSecret) {
      store.due.add({
        key: removalKey(plan.source),
        kind: 'redact',
        roomId: plan.roomId,
        target: plan.source,
        at: clock(),
      });
    }
  }

  async function doOne(due: Due): Promise<void> {
    if (due.kind === 'expire-plan') expirePlan(due);
    else if (due.kind === 'delete-media') await removeMedia?.(due.target);
    else if (due.kind === 'restore-alias') await restoreAlias(due);
    else if (due.kind === 'leave-room') await leaveRoom(due);
    else if (due.kind === 'close-registration') await closeRegistration(due);
    else if (due.kind === 'remind-registration') await remindOfRegistration(due);
    else {
      const until = due.kind === 'redact-secret' ? await secretStaysUntil(due) : undefined;
      if (until !== undefined) return store.due.add({ ...due, at: until });
      await redactWithEdits(due);
    }
    // What was put off meanwhile comes again.
    if (store.due.get(due.key)?.at === due.at) store.due.done(due.key);
  }

  async function work(): Promise<void> {
    for (const due of store.due.ready(clock())) {
      if (stopped) return;
      try {
        await doOne(due);
      } catch (error) {
        const final = error instanceof MatrixFault && (error.status === 403 || error.status === 404);
        log.warn(
          { code: due.kind, errcode: error instanceof MatrixFault ? error.errcode : undefined },
          final ? 'could not be done and is given up' : 'could not be done yet',
        );
        if (final) store.due.done(due.key);
        else store.due.add({ ...due, at: clock() + retryMs });
      }
    }
  }

  function arm(): void {
    clearTimeout(timer);
    const next = store.due.next();
    if (stopped || next === undefined) return;
    // What could not be noted as done is due still: it has its pause all the same.
    const least = failed ? retryMs : 0;
    timer = setTimeout(wake, Math.min(Math.max(next - clock(), least), longestTimerMs));
    timer.unref();
  }

  function wake(): void {
    if (stopped || running !== undefined) return;
    failed = false;
    running = work()
      .catch((error) => {
        failed = true;
        log.error({ code: error instanceof Error ? error.name : 'unknown' }, 'what was due could not be read');
      })
      .finally(() => {
        running = undefined;
        arm();
      });
  }

  return {
    wake,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
    idle: async () => running,
  };
}
