import { createHmac } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Local } from '../commands/local.ts';
import { cleanLines } from '../core/clean.ts';
import { renderNotice } from '../core/render.ts';
import { reply } from '../core/reply.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import { MatrixFault } from '../http.ts';
import { leftOf, resumeJob } from '../jobs/resume.ts';
import type { JobWorker } from '../jobs/worker.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { ItemState, Store } from '../store/store.ts';
import { anchorsIn } from './audit-anchors.ts';
import type { Authorizer } from './authorize.ts';
import { openPlan } from './confirm.ts';
import type { Context } from './context.ts';
import type { Gate } from './gate.ts';
import { frozenOf } from './plan-store.ts';
import { createReminders } from './registration-reminders.ts';
import { removalKey } from './remove-secret.ts';
import { transactionId } from './transaction-id.ts';
import { createWayBack } from './way-back.ts';

export interface LocalOptions {
  readonly matrix: Matrix;
  readonly store: Store;
  readonly homeserver: Homeserver;
  readonly roomId: string;
  readonly clientUrl: string;
  readonly catalog: Local['catalog'];
  readonly authorizer: Authorizer;
  readonly gate: Pick<Gate, 'ignored'>;
  readonly clock: () => number;
  /** What derived secrets are made from: the bot's access token. */
  readonly key: string;
  readonly version: string;
  readonly startedAt: number;
  readonly storePath: string;
  readonly doctor: Local['doctor'];
  readonly settings: Local['settings'];
  /** Made after this, since they need it. */
  readonly later: {
    readonly context: () => Context;
    readonly jobs: () => Pick<JobWorker, 'cancel'>;
    readonly waiting: () => number;
  };
}

const shownJobs = 50;

/** False where the homeserver says that the bot may not. */
async function permitted(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof MatrixFault && error.status === 403) return false;
    throw error;
  }
}

/** The bot's own nouns over what it is made of. */
export function createLocal(options: LocalOptions): Local {
  const { matrix, store, homeserver, roomId, clientUrl, catalog, authorizer, gate, clock, later } = options;
  return {
    backend: homeserver.name,
    catalog,
    clock,
    derived: (source, n) => createHmac('sha512', options.key).update(`castellan ${source} ${n}`).digest('base64url'),
    isProtected: (userId) => authorizer.isProtected(userId),
    adminRoom: {
      roomId,
      botId: matrix.userId,
      clientUrl,
      members: () => matrix.joinedMembers(roomId),
      invite: (userId) => permitted(() => matrix.invite(roomId, userId)),
      remove: (userId, reason) => permitted(() => matrix.kick(roomId, userId, reason)),
      async announce(text, asker) {
        // No formatted body: a client shows all of it as text, whatever it looks like.
        const body = `@room 📢 ${cleanLines(text)} (${asker.userId})`;
        const content = { msgtype: 'm.text', body, 'm.mentions': { room: true } };
        await matrix.send(roomId, 'm.room.message', content, transactionId(asker.source, 'announce'));
      },
      async promise(words, asker) {
        const content = renderNotice(reply.says(words), { prefix: catalog.prefix, path: 'notice' });
        await matrix
          .send(roomId, 'm.room.message', { ...content }, transactionId(asker.source, 'promise'))
          .catch(() => undefined);
      },
    },
    jobs: {
      list: () => store.jobs.list(shownJobs),
      get: (id) => store.jobs.get(id),
      cancel: (id) => later.jobs().cancel(id),
      left: (id, asker) => leftOf(later.context(), id, asker),
      resume: (id, asker) => resumeJob(later.context(), id, asker),
      undone(id) {
        // Of a job that is over, what was cut short too.
        const cut: readonly ItemState[] = store.jobs.get(id)?.finishedAt === undefined ? [] : ['running', 'stepped'];
        return store.jobs
          .items(id, ['skipped', 'failed', 'unknown', ...cut])
          .map(({ target, state, note }) => ({ target, state: cut.includes(state) ? 'unknown' : state, note }));
      },
    },
    plans: {
      cancel(planCode, asker) {
        const plan = openPlan(later.context(), planCode, asker.userId);
        if (!store.plans.close(plan.code, 'cancelled') || !frozenOf(plan.frozen).heldSecret) return;
        store.due.add({ key: removalKey(plan.source), kind: 'redact', roomId, target: plan.source, at: clock() });
        later.context().wake.due();
      },
    },
    ledger: {
      put: (kind, room, detail, { userId, source }) =>
        store.ledger.put({ kind, roomId: room, actor: userId, source, detail }),
      get: store.ledger.get,
      list: store.ledger.list,
      remove: store.ledger.remove,
    },
    wayBack: createWayBack({ store, clock, wake: () => later.context().wake.due() }),
    doctor: options.doctor,
    settings: options.settings,
    backup: store.backUp,
    reminders: createReminders({ store, roomId, clock, wake: () => later.context().wake.due() }),
    audit: {
      list: store.audit.list,
      count: store.audit.count,
      get: store.audit.get,
      async verify() {
        const anchors = await anchorsIn(matrix, roomId);
        const anchoredTo = anchors.reduce((most, { seq }) => Math.max(most, seq), 0);
        return { ...store.audit.verify(anchors), anchors: anchors.length, anchoredTo };
      },
    },
    status: () => {
      const health = matrix.health();
      return {
        version: options.version,
        startedAt: options.startedAt,
        sync: health.state === 'lost' ? { lostSince: health.since } : health.state,
        waiting: later.waiting(),
        openPlans: store.plans.open().length,
        runningJobs: store.jobs.unfinished().length,
        auditRecords: store.audit.count(),
        ignored: { ...gate.ignored },
        databaseBytes: statSync(options.storePath).size,
      };
    },
  };
}
