import type { ItemResult, Pace, Step } from '../commands/define.ts';
import { Problem } from '../core/problem.ts';
import { say, wordsOf } from '../core/text.ts';
import { allow } from '../pipeline/authorize.ts';
import type { Context } from '../pipeline/context.ts';
import { frozenOf } from '../pipeline/plan-store.ts';
import { problemOf } from '../pipeline/problem-of.ts';
import { storedInput } from '../pipeline/stored-input.ts';
import type { AuditEntry, ItemRow, ItemState, JobRow } from '../store/store.ts';
import { handOut } from './hand-out.ts';
import { createProgress, jobEnd, type Progress } from './progress.ts';
import { itemEntry, type RunningJob } from './running-job.ts';

export interface JobWorkerOptions {
  readonly context: Context;
  /** Steps of a kind that run at once. */
  readonly atOnce: Readonly<Record<Pace, number>>;
  readonly stopped: () => boolean;
  /** Resolves early on stop. */
  readonly pause: (ms: number) => Promise<void>;
}

export interface JobWorker {
  kick(): void;
  idle(): Promise<void>;
  /** False where the job has ended. */
  cancel(id: string): boolean;
}

/** The homeserver is asked again after so long while it is away; it doubles up to the second figure. */
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** An item is given up after so many tries to which the homeserver gave no answer. */
const mostSilences = 3;
/** Kept in the store, so that a cancelled job stays cancelled over a stop. */
const cancelKey = (id: string) => `job-cancelled:${id}`;

/** Works off the store's jobs, the oldest first, and takes them up again where a stop has cut them short. */
export function createJobWorker({ context, atOnce, stopped, pause }: JobWorkerOptions): JobWorker {
  const { store, log } = context;
  let running: Promise<void> | undefined;
  let again = false;

  const isCancelled = (id: string) => store.values.get(cancelKey(id)) !== undefined;

  /** Waits for the homeserver as long as it takes; undefined on stop. */
  async function insist<T>(ask: () => Promise<T>): Promise<T | undefined> {
    for (let wait = firstPauseMs; !stopped(); wait = Math.min(wait * 2, longestPauseMs)) {
      try {
        return await ask();
      } catch (error) {
        const problem = problemOf(error, log);
        if (problem.code !== 'unavailable') throw problem;
        await pause(wait);
      }
    }
    return undefined;
  }

  /** Asks again who may, whenever a job starts or resumes. Throws Problem where the requester may not any more. */
  async function prepare(row: JobRow): Promise<RunningJob> {
    const command = context.catalog.commands.find(({ path }) => path === row.command);
    if (command?.job === undefined) throw new Problem('unsupported', say`The command does not exist any more.`);
    const frozen = frozenOf(row.frozen);
    const input = await storedInput(context, command, row.input, row.source, frozen.heldSecret);
    const role = await context.authorizer.roleOf(row.requester);
    if (role === undefined) throw new Problem('forbidden', say`Who asked for it is no admin any more.`);
    await allow(role, command, input, context.caps, context.authorizer);
    return {
      row,
      command,
      definition: command.job,
      input,
      frozen,
      since: frozen.since ?? row.createdAt,
      asker: { userId: row.requester, role, source: row.source },
    };
  }

  async function runJob(row: JobRow): Promise<void> {
    let job: RunningJob | undefined;
    try {
      job = await insist(() => prepare(row));
      if (job === undefined) return;
      store.jobs.setState(row.id, 'running');
      const progress = createProgress(context, row);
      await steps(job, progress);
      if (!stopped()) await handOutAll(job, progress);
    } catch (error) {
      const problem = problemOf(error, log);
      log.warn({ jobId: row.id, code: problem.code }, 'a job stops');
      return end(row, 'cancelled', problem);
    }
    if (!stopped()) await end(row, isCancelled(row.id) ? 'cancelled' : 'finished', undefined);
  }

  async function steps(job: RunningJob, progress: Progress): Promise<void> {
    const { row, definition } = job;
    const lanes = atOnce[definition.pace];
    // What a stop cut short comes first, then the rest in order; nothing is taken twice.
    const cut = store.jobs.items(row.id, ['running']);
    const taken = new Set<number>();
    let after = 0;
    let page: ItemRow[] = [...cut];
    let exhausted = false;
    function next(): ItemRow | undefined {
      while (page.length === 0 && !exhausted) {
        const more = store.jobs.items(row.id, ['pending'], 200, after);
        exhausted = more.length === 0;
        after = more.at(-1)?.n ?? after;
        page = more.filter(({ n }) => !taken.has(n));
      }
      const item = page.shift();
      if (item !== undefined) taken.add(item.n);
      return item;
    }
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        while (!stopped() && !isCancelled(row.id)) {
          const item = next();
          if (item === undefined) return;
          await oneItem(job, item, progress);
          await progress.moved();
        }
      }),
    );
  }

  /** One item to its end: T2, the step, T3. Left `running` on stop, to be settled at the next start. */
  async function oneItem(job: RunningJob, item: ItemRow, progress: Progress): Promise<void> {
    const step = stepOf(job, item, progress);
    const { definition, row, input } = job;
    let begun = false;
    let silences = 0;
    const result = await insist(async (): Promise<ItemResult> => {
      if (!begun && item.state === 'running' && definition.settle !== undefined) {
        const settled = await definition.settle(item, input, context.caps, job.since);
        if (settled === 'done') return { state: 'done' };
        if (settled === 'unknown') return { state: 'unknown', note: 'cut short, and the homeserver cannot tell' };
      }
      if (!begun) store.jobs.beginItem(row.id, item.n, { kind: 'intent', ...itemEntry(job, item.target) });
      begun = true;
      return attempt(job, item, step, () => ++silences < mostSilences);
    }).catch((error): ItemResult => ({ state: 'failed', note: wordsOf(problemOf(error, log).text) }));
    if (result !== undefined) endItem(job, item, result);
  }

  function stepOf({ row, since }: RunningJob, item: ItemRow, progress: Progress): Step {
    let { kept } = item;
    return {
      since,
      get kept() {
        return kept;
      },
      keep(data) {
        store.jobs.keep(row.id, item.n, data);
        kept = data;
      },
      says: (text) => progress.says(text),
      async wait(ms) {
        await pause(ms);
        if (stopped()) throw new Problem('unavailable', say`The bot stops.`);
      },
      cancelled: () => isCancelled(row.id),
    };
  }

  /** `mayRepeat` is asked where the homeserver gave no answer and a second try does no harm. */
  async function attempt(job: RunningJob, item: ItemRow, step: Step, mayRepeat: () => boolean): Promise<ItemResult> {
    const { definition, input, asker } = job;
    try {
      return await definition.step(item, input, context.caps, asker, step);
    } catch (error) {
      const problem = problemOf(error, log);
      if (problem.code === 'unavailable') throw problem;
      // Cut off by our own stop: the item stays `running` and is settled at the next start.
      if (stopped()) throw new Problem('unavailable', problem.text);
      // An error of our own may have come after a call that was carried out.
      if (problem.code === 'internal') return { state: 'unknown', note: wordsOf(problem.text) };
      if (problem.code !== 'unknown-outcome') return { state: 'failed', note: wordsOf(problem.text) };
      const { settle } = definition;
      const settled =
        settle === undefined ? 'not done' : await insist(() => settle(item, input, context.caps, job.since));
      if (settled === 'done') return { state: 'done' };
      if (settled === undefined || (settled === 'not done' && mayRepeat())) {
        throw new Problem('unavailable', problem.text);
      }
      return settled === 'not done' && settle !== undefined
        ? { state: 'failed', note: 'the homeserver gave no answer, and it was not done' }
        : { state: 'unknown', note: 'the homeserver gave no answer' };
    }
  }

  function endItem(job: RunningJob, item: ItemRow, result: ItemResult): void {
    const half = result.state === 'done' && job.definition.handOut !== undefined;
    const state: ItemState = half ? 'stepped' : result.state;
    const outcome: AuditEntry = { kind: 'outcome', ...itemEntry(job, item.target), outcome: result.state };
    store.jobs.endItem(job.row.id, item.n, state, result.note, outcome);
  }

  async function handOutAll(job: RunningJob, progress: Progress): Promise<void> {
    if (job.definition.handOut === undefined) return;
    while (!stopped()) {
      const left = await insist(() => handOut(context, job, atOnce[job.definition.pace]));
      await progress.moved();
      if (left === undefined || left === 'none left') return;
    }
  }

  /** A short job may be over before its own message is sent; the last edit needs that message's id. */
  async function shown(id: string): Promise<void> {
    for (let tries = 0; tries < 100 && !stopped() && store.jobs.get(id)?.messageId === undefined; tries++) {
      await pause(100);
    }
  }

  async function end(row: JobRow, state: 'finished' | 'cancelled', problem: Problem | undefined): Promise<void> {
    await shown(row.id);
    const report = await insist(() => jobEnd(context, row, state, problem));
    if (report === undefined) return;
    if (frozenOf(row.frozen).heldSecret) {
      store.due.add({
        key: `redact ${row.source}`,
        kind: 'redact',
        roomId: row.roomId,
        target: row.source,
        at: context.clock(),
      });
    }
    store.jobs.finish(row.id, state, report);
    store.values.delete(cancelKey(row.id));
    context.wake.outbox();
    context.wake.due();
  }

  async function work(): Promise<void> {
    do {
      again = false;
      for (const row of store.jobs.unfinished()) {
        if (stopped()) return;
        await runJob(row);
      }
    } while (again && !stopped());
  }

  return {
    kick() {
      again = true;
      running ??= work()
        .catch((error) => {
          problemOf(error, log);
        })
        .finally(() => {
          running = undefined;
          if (again && !stopped()) this.kick();
        });
    },
    idle: async () => running,
    cancel(id) {
      const row = store.jobs.get(id);
      if (row === undefined || row.finishedAt !== undefined) return false;
      store.values.set(cancelKey(id), '1');
      return true;
    },
  };
}
