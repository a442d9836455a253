import { totalOf } from '../commands/job/total-of.ts';
import { Problem } from '../core/problem.ts';
import { paragraph, type Reply } from '../core/reply.ts';
import { code, commandLine, say } from '../core/text.ts';
import { handOut } from '../jobs/hand-out.ts';
import { jobReport } from '../jobs/job-end.ts';
import { remarksKey } from '../jobs/remarks-key.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { createJobWorker, type JobWorker } from '../jobs/worker.ts';
import { pause } from '../matrix/pause.ts';
import { frozenOf } from '../pipeline/plan-store.ts';
import { storedInput } from '../pipeline/stored-input.ts';
import { type Lock, takeLock } from '../store/lock.ts';
import type { JobRow } from '../store/store.ts';
import type { Session } from './session.ts';

/** How often the store is asked how far the job is, in milliseconds. */
const lookEveryMs = 100;

export interface FollowOptions {
  readonly session: Session;
  readonly id: string;
  /** Held already, where the job cannot be left to a running bot. */
  readonly lock: Lock | undefined;
  readonly progress: (row: JobRow, ended: number, total: number) => void;
  /** True once the person wants to go. */
  readonly stopping: () => boolean;
}

/** Follows a job to its end: the bot that runs on this store does it, or, without one, this process. */
export async function followJob({ session, id, lock: held, progress, stopping }: FollowOptions): Promise<Reply> {
  const { context, config } = session;
  const { store } = context;
  const { concurrency, hashing, join, deactivate, purge } = config.jobs;
  let lock = held;
  let worker: JobWorker | undefined;
  try {
    for (;;) {
      const row = rowOf(session, id);
      const total = totalOf(row);
      progress(row, total - row.counts.pending - row.counts.running - row.counts.stepped, total);
      if (row.finishedAt !== undefined) break;
      if (stopping()) {
        await worker?.idle();
        throw new Problem(
          'unknown-outcome',
          say`Stopped. The job ${code(id)} is not over: the bot goes on with it.`,
          say`${commandLine(`job show ${id}`)} tells how far it is, ${commandLine(`job cancel ${id}`)} ends it.`,
        );
      }
      lock ??= takeLock(session.storePath);
      if (lock !== undefined && worker === undefined) {
        worker = createJobWorker({
          context,
          atOnce: { other: concurrency, hashing, join, deactivate, purge },
          stopped: stopping,
          pause: (ms) => pause(ms),
          only: id,
        });
        worker.kick();
      }
      await pause(lookEveryMs);
    }
    await worker?.idle();
    await handOutRest(session, id);
    const row = rowOf(session, id);
    const said = store.values.get(remarksKey(id));
    store.values.delete(remarksKey(id));
    const remarks = said === undefined ? [] : (JSON.parse(said) as readonly string[]);
    const report = jobReport(context, row, row.state === 'cancelled' ? 'cancelled' : 'finished');
    return {
      ...report,
      outcome: outcomeOf(row),
      blocks: [...report.blocks, ...remarks.map((words) => paragraph(say`${words}`))],
      secrets: session.takeSecrets(),
    };
  } finally {
    lock?.release();
  }
}

function rowOf({ context }: Session, id: string): JobRow {
  const row = context.store.jobs.get(id);
  if (row === undefined) throw new Problem('not-found', say`There is no job ${code(id)} any more.`);
  return row;
}

/** For scripts, a job of which something failed has failed. */
function outcomeOf({ state, counts }: JobRow): Reply['outcome'] {
  if (counts.unknown + counts.running + counts.stepped > 0) return 'unknown';
  return counts.failed > 0 || state === 'cancelled' ? 'failed' : 'done';
}

/** Secrets of a job that the bot has run: they belong into the output here, so they are made here. */
async function handOutRest(session: Session, id: string): Promise<void> {
  const { context } = session;
  const row = rowOf(session, id);
  const command = context.catalog.commands.find(({ path }) => path === row.command);
  if (command?.job?.handOut === undefined || row.state === 'cancelled') return;
  const frozen = frozenOf(row.frozen);
  const job: RunningJob = {
    row,
    command,
    definition: command.job,
    input: await storedInput(context, command, row.input, row.source, frozen.heldSecret),
    frozen,
    since: frozen.since ?? row.createdAt,
    asker: session.asker(row.source),
    halt: {
      log: context.log,
      stopped: () => false,
      cancelled: () => false,
      pause: (ms) => pause(ms),
      away: () => undefined,
    },
  };
  while ((await handOut(context, job, session.config.jobs.hashing)) === 'more');
}
