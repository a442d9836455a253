import { z } from 'zod';
import { inParallel } from '../commands/in-parallel.ts';
import { once } from '../core/once.ts';
import { Problem } from '../core/problem.ts';
import type { Secret } from '../core/reply.ts';
import { wordsOf } from '../core/text.ts';
import type { Context } from '../pipeline/context.ts';
import { problemOf } from '../pipeline/problem-of.ts';
import type { ItemRow } from '../store/store.ts';
import { itemEntry, type RunningJob } from './running-job.ts';

/** The note of an item whose secret was sent; `what`: "password". */
export const handedOut = (what: string): string => `its ${what} was handed out`;

/** Of a group under way: how often its message was made, and whose secrets it holds. */
const trying = once(() => z.object({ attempt: z.number(), holds: z.array(z.number()) }));

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

  const end = (item: ItemRow, state: 'done' | 'failed', note: string | undefined, secret: string) =>
    store.jobs.endItem(row.id, item.n, state, note, {
      kind: 'outcome',
      ...itemEntry(job, item.target),
      outcome: state,
      detail: { job: row.id, secret },
    });
  const finish = (holds: ReadonlySet<number>) => {
    for (const item of store.jobs.items(row.id, ['stepped'], half.size, group * half.size)) {
      if (item.n > (group + 1) * half.size) break;
      if (holds.has(item.n)) end(item, 'done', handedOut(half.what), 'handed out');
      else end(item, 'done', undefined, 'none');
    }
    store.values.delete(counter);
  };

  const room = await secrets.ready(row.requester);
  const mark = `${row.source}/${row.id}/${group}`;
  const counter = `job-secrets:${row.id}:${group}`;
  const kept = store.values.get(counter);
  const before = kept === undefined ? { attempt: 0, holds: [] } : trying().parse(JSON.parse(kept));
  if (before.attempt > 0 && (await secrets.arrived(room, mark, before.attempt))) {
    finish(new Set(before.holds));
    return 'more';
  }
  const attempt = before.attempt + 1;
  // Counted before anything is made: an earlier message is worth nothing from here on.
  store.values.set(counter, JSON.stringify({ attempt, holds: [] }));
  const made = await inParallel(
    items,
    atOnce,
    async (item): Promise<{ item: ItemRow; secret?: Secret | undefined; failure?: string }> => {
      try {
        return { item, secret: await half.make(item, input, caps) };
      } catch (error) {
        const problem = problemOf(error, log);
        if (problem.code === 'unavailable') throw problem;
        if (problem.code === 'unknown-outcome') throw new Problem('unavailable', problem.text);
        return { item, failure: `made, but without its ${half.what}: ${wordsOf(problem.text)}` };
      }
    },
  );
  // Ended before the message goes out: once that has arrived, everything left in the group counts as done.
  for (const { item, failure } of made) if (failure !== undefined) end(item, 'failed', failure, 'none');
  const holds = made.flatMap(({ item, secret }) => (secret === undefined ? [] : [item.n]));
  const given = made.flatMap(({ secret }) => (secret === undefined ? [] : [secret]));
  store.values.set(counter, JSON.stringify({ attempt, holds }));
  try {
    if (given.length > 0) await secrets.send(room, mark, attempt, given);
  } catch (error) {
    // Whether it has arrived is looked up at the next try.
    throw new Problem('unavailable', problemOf(error, log).text);
  }
  finish(new Set(holds));
  return 'more';
}
