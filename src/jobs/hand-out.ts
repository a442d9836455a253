import { inParallel } from '../commands/in-parallel.ts';
import { Problem } from '../core/problem.ts';
import type { Secret } from '../core/reply.ts';
import { wordsOf } from '../core/text.ts';
import type { Context } from '../pipeline/context.ts';
import { problemOf } from '../pipeline/problem-of.ts';
import type { ItemRow } from '../store/store.ts';
import { itemEntry, type RunningJob } from './running-job.ts';

/**
 * Makes and sends the secrets of one group of stepped items; a group is the same items after every stop. When its
 * message has arrived all of them are done, and no secret is made twice for nothing.
 */
export async function handOut(context: Context, job: RunningJob, atOnce: number): Promise<'none left' | 'more'> {
  const { store, secrets, caps, log } = context;
  const { row, definition, input } = job;
  const { handOut: half } = definition;
  const first = store.jobs.items(row.id, ['stepped'], 1)[0];
  if (half === undefined || first === undefined) return 'none left';
  const group = Math.floor((first.n - 1) / half.size);
  const items = store.jobs
    .items(row.id, ['stepped'], half.size, group * half.size)
    .filter(({ n }) => n <= (group + 1) * half.size);

  const finish = (item: ItemRow, failure: string | undefined) =>
    store.jobs.endItem(row.id, item.n, failure === undefined ? 'done' : 'failed', failure, {
      kind: 'outcome',
      ...itemEntry(job, item.target),
      outcome: failure === undefined ? 'done' : 'failed',
      detail: { job: row.id, secret: failure === undefined ? 'handed out' : 'none' },
    });

  const room = await secrets.ready(row.requester);
  const mark = `${row.source}/${row.id}/${group}`;
  const counter = `job-secrets:${row.id}:${group}`;
  const attempt = Number(store.values.get(counter) ?? 0) + 1;
  if (attempt > 1 && (await secrets.arrived(room, mark, attempt - 1))) {
    for (const item of items) finish(item, undefined);
    store.values.delete(counter);
    return 'more';
  }
  store.values.set(counter, String(attempt));
  const made = await inParallel(
    items,
    atOnce,
    async (item): Promise<{ secret?: Secret | undefined; failure?: string }> => {
      try {
        return { secret: await half.make(item, input, caps) };
      } catch (error) {
        const problem = problemOf(error, log);
        if (problem.code === 'unavailable') throw problem;
        if (problem.code === 'unknown-outcome') throw new Problem('unavailable', problem.text);
        return { failure: `made, but without its secret: ${wordsOf(problem.text)}` };
      }
    },
  );
  const given = made.flatMap(({ secret }) => (secret === undefined ? [] : [secret]));
  try {
    if (given.length > 0) await secrets.send(room, mark, attempt, given);
  } catch (error) {
    // Whether it has arrived is looked up at the next try.
    throw new Problem('unavailable', problemOf(error, log).text);
  }
  for (const [at, item] of items.entries()) finish(item, made[at]?.failure);
  store.values.delete(counter);
  return 'more';
}
