import type { Pace } from '../commands/define.ts';
import type { Cancelled } from '../commands/local.ts';
import { Problem } from '../core/problem.ts';
import { say, type Text, wordsOf } from '../core/text.ts';
import { allow } from '../pipeline/authorize.ts';
import type { Context } from '../pipeline/context.ts';
import { frozenOf } from '../pipeline/plan-store.ts';
import { problemOf } from '../pipeline/problem-of.ts';
import { isFromShell, shellRoom } from '../pipeline/shell-door.ts';
import { storedInput } from '../pipeline/stored-input.ts';
import { typedSecretRemoval } from '../pipeline/typed-secret.ts';
import type { JobRow } from '../store/store.ts';
import { cancelKey } from './cancel-key.ts';
import { type Halt, insist } from './halt.ts';
import { handOut } from './hand-out.ts';
import { jobEnd } from './job-end.ts';
import { createProgress, type Progress } from './progress.ts';
import { remarksKey } from './remarks-key.ts';
import { runItems } from './run-items.ts';
import { beganBy, type RunningJob } from './running-job.ts';

export interface JobWorkerOptions {
  readonly context: Context;
  /** Steps of a kind that run at once. */
  readonly atOnce: Readonly<Record<Pace, number>>;
  readonly stopped: () => boolean;
  /** Resolves early on stop. */
  readonly pause: (ms: number) => Promise<void>;
  /** Leave all other jobs alone. */
  readonly only?: string;
}

export interface JobWorker {
  kick(): void;
  idle(): Promise<void>;
  cancel(id: string): Cancelled;
}

/** Files of a report are given up after so many tries, some minutes. */
const mostUploads = 10;

/** Of a job whose progress no message shows. */
const noProgress: Progress = {
  ended: () => undefined,
  says: () => undefined,
  changed: () => undefined,
  close: async () => undefined,
};

/** The job under way. */
interface Current {
  readonly id: string;
  /** How many of its lanes wait for the homeserver. */
  away: number;
  /** Calls off what it waits for. */
  wake(): void;
  progress?: Progress;
}

/**
 * Works off the store's jobs, one after the other, the oldest first, and takes them up again where a stop has cut them
 * short. So what a job's pace says of its own items holds for all that is under way.
 */
export function createJobWorker({ context, atOnce, stopped, pause, only }: JobWorkerOptions): JobWorker {
  const { store, log } = context;
  let running: Promise<void> | undefined;
  let again = false;
  let current: Current | undefined;
  /** The ends of jobs that were cancelled before their turn. */
  const ending = new Map<string, Promise<void>>();

  const isCancelled = (id: string) => store.values.get(cancelKey(id)) !== undefined;

  /** Asks again who may, whenever a job starts or resumes. Throws Problem where the requester may not any more. */
  async function prepare(row: JobRow, halt: Halt): Promise<RunningJob> {
    const command = context.catalog.commands.find(({ path }) => path === row.command);
    if (command?.job === undefined) throw new Problem('unsupported', say`The command does not exist any more.`);
    const frozen = frozenOf(row.frozen);
    const input = await storedInput(context, command, row.input, row.source, frozen.heldSecret);
    // Whoever has a shell on the machine was not asked for a server's word then, and is not now.
    const role = isFromShell(row.requester) ? frozen.role : await context.authorizer.roleOf(row.requester);
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
      halt,
    };
  }

  function begin(id: string): { readonly run: Current; readonly halt: Halt } {
    const called = Promise.withResolvers<void>();
    const run: Current = { id, away: 0, wake: () => called.resolve() };
    const halt: Halt = {
      log,
      stopped,
      cancelled: () => isCancelled(id),
      pause: (ms) => Promise.race([pause(ms), called.promise]),
      away(is) {
        run.away += is ? 1 : -1;
        run.progress?.changed();
      },
    };
    return { run, halt };
  }

  async function runJob(row: JobRow): Promise<void> {
    // Cancelled before a stop: what was cut short stays as it is, but secrets that are owed are handed out.
    if (isCancelled(row.id) && row.counts.stepped === 0) return end(row, undefined);
    const { run, halt } = begin(row.id);
    current = run;
    let failure: Problem | undefined;
    try {
      const progress =
        row.roomId === shellRoom
          ? noProgress
          : createProgress(context, row, () => ({ away: run.away > 0, stopping: isCancelled(row.id) }));
      run.progress = progress;
      const job = await insist(halt, () => prepare(row, halt));
      if (job !== undefined) {
        store.jobs.setState(row.id, 'running');
        await runItems({ context, job, progress, lanes: atOnce[job.definition.pace], pause });
        // Secrets go out through the door by which they were asked for.
        if (!stopped() && row.roomId === context.roomId) await handOutAll(job, progress);
      }
    } catch (error) {
      failure = problemOf(error, log);
      log.warn({ jobId: row.id, code: failure.code }, 'a job stops');
    }
    await run.progress?.close();
    if (!stopped()) await end(row, failure);
    current = undefined;
  }

  async function handOutAll(job: RunningJob, progress: Progress): Promise<void> {
    if (job.definition.handOut === undefined) return;
    while (!stopped()) {
      const left = await insist(job.halt, () => handOut(context, job, atOnce[job.definition.pace]));
      progress.changed();
      if (left === undefined || left === 'none left') return;
    }
  }

  /** What its command has to put away; never throws. */
  async function closing(row: JobRow): Promise<readonly Text[]> {
    const close = context.catalog.commands.find(({ path }) => path === row.command)?.job?.close;
    const [item] = store.jobs.items(row.id, undefined, 1);
    if (close === undefined || item === undefined || frozenOf(row.frozen).heldSecret) return [];
    try {
      const said = await close(item, { ...(row.input as object) }, context.caps);
      return said === undefined ? [] : [said];
    } catch (error) {
      return [problemOf(error, log).text];
    }
  }

  /** A short job may be over before its own message is sent; the last edit needs that message's id. */
  async function shown(id: string): Promise<void> {
    const isUnsent = () => !stopped() && store.jobs.get(id)?.messageId === undefined;
    for (let tries = 0; tries < 25 && isUnsent(); tries++) {
      // Not for longer: while the homeserver takes no message, jobs go on.
      await Promise.race([context.allSent(), pause(100)]);
      if (isUnsent()) await pause(100);
    }
  }

  async function end(row: JobRow, failure: Problem | undefined): Promise<void> {
    if (row.roomId === shellRoom) return endOfShell(row, failure);
    const removal = frozenOf(row.frozen).heldSecret ? await typedSecretRemoval(context, row.source) : undefined;
    const remarks = [
      ...(failure === undefined ? [] : [failure.text]),
      ...(await closing(row)),
      ...(removal === undefined ? [] : [removal.said]),
    ];
    const state = failure !== undefined || isCancelled(row.id) ? 'cancelled' : 'finished';
    await shown(row.id);
    let tries = 0;
    const halt: Halt = { log, stopped, cancelled: () => false, pause, away: () => undefined };
    const report = await insist(halt, () =>
      jobEnd(context, row, { state, remarks, insistOnFiles: ++tries < mostUploads }),
    );
    if (report === undefined) return;
    if (removal !== undefined) store.due.add(removal.due);
    store.jobs.finish(row.id, state, report);
    store.values.delete(cancelKey(row.id));
    log.info({ jobId: row.id, eventId: beganBy(row), command: row.command, outcome: state }, 'job ended');
    context.wake.outbox();
    context.wake.due();
  }

  /** The command line that follows it tells its end; what it cannot see is left for it in the store. */
  async function endOfShell(row: JobRow, failure: Problem | undefined): Promise<void> {
    const remarks = [...(failure === undefined ? [] : [failure.text]), ...(await closing(row))];
    if (remarks.length > 0) store.values.set(remarksKey(row.id), JSON.stringify(remarks.map(wordsOf)));
    store.jobs.finish(row.id, failure !== undefined || isCancelled(row.id) ? 'cancelled' : 'finished', undefined);
    store.values.delete(cancelKey(row.id));
    log.info({ jobId: row.id, command: row.command }, 'job of a command line ended');
  }

  async function work(): Promise<void> {
    do {
      again = false;
      for (const { id } of store.jobs.unfinished()) {
        if (stopped()) return;
        if (only !== undefined && id !== only) continue;
        await ending.get(id);
        // Meanwhile it may have been cancelled.
        const row = store.jobs.get(id);
        if (row !== undefined && row.finishedAt === undefined) await runJob(row);
      }
    } while (again && !stopped());
  }

  /** Ends a job that waits for its turn without waiting for that. */
  function endNow(row: JobRow): void {
    if (ending.has(row.id)) return;
    const ended = end(row, undefined)
      .catch((error) => {
        problemOf(error, log);
      })
      .finally(() => ending.delete(row.id));
    ending.set(row.id, ended);
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
          current = undefined;
          if (again && !stopped()) this.kick();
        });
    },
    async idle() {
      await Promise.all([running, ...ending.values()]);
    },
    cancel(id) {
      const row = store.jobs.get(id);
      if (row === undefined || row.finishedAt !== undefined) return 'over';
      store.values.set(cancelKey(id), '1');
      if (current?.id === id) {
        const { away } = current;
        current.wake();
        current.progress?.changed();
        return away > 0 ? 'away' : 'after the item';
      }
      // One that a stop has cut short may owe more than its report: that has its turn.
      if (row.counts.running + row.counts.stepped > 0) return 'after the item';
      endNow(row);
      return 'before its turn';
    },
  };
}
