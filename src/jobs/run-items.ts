import { setImmediate as requestsGoOut } from 'node:timers/promises';
import type { ItemResult, Step } from '../commands/define.ts';
import type { Json } from '../core/json.ts';
import { Problem } from '../core/problem.ts';
import { say, wordsOf } from '../core/text.ts';
import type { Context } from '../pipeline/context.ts';
import { problemOf } from '../pipeline/problem-of.ts';
import { untilWritten } from '../pipeline/until-written.ts';
import type { AuditEntry, ItemRow, ItemState } from '../store/store.ts';
import { insist } from './halt.ts';
import type { Progress } from './progress.ts';
import { itemEntry, type RunningJob } from './running-job.ts';

/** An item is given up after so many tries to which the homeserver gave no answer. */
const mostSilences = 3;
/** Items are read from the store so many at a time. */
const pageSize = 200;

export interface RunItemsOptions {
  readonly context: Context;
  readonly job: RunningJob;
  readonly progress: Progress;
  /** Steps under way at once. */
  readonly lanes: number;
  /** Resolves early on stop. */
  readonly pause: (ms: number) => Promise<void>;
}

/** An item whose turn it is in a lane; `begun`: its T2 is written. */
interface Turn {
  readonly item: ItemRow;
  readonly begun: boolean;
  /** What the step reads first, on its way already. */
  readonly ahead?: Promise<unknown> | undefined;
}

/** Takes every item of a job to its end that is not there yet; ends early on stop and when the job is cancelled. */
export async function runItems({ context, job, progress, lanes, pause }: RunItemsOptions): Promise<void> {
  const { store, log } = context;
  const { row, definition, input, asker, halt } = job;
  const next = createQueue();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      let turn = takeTurn();
      // What is begun is brought to its end.
      while (turn !== undefined && (turn.begun || !halted())) {
        const { n } = turn.item;
        turn = await oneItem(turn);
        progress.ended(n);
      }
    }),
  );

  function halted(): boolean {
    return halt.stopped() || halt.cancelled();
  }

  function takeTurn(): Turn | undefined {
    const item = halted() ? undefined : next();
    return item && { item, begun: false };
  }

  /** What a stop or a cancellation has cut short comes first, then the rest in order; nothing is taken twice. */
  function createQueue(): () => ItemRow | undefined {
    let page: ItemRow[] = [...store.jobs.items(row.id, ['running'])];
    const taken = new Set<number>();
    let after = 0;
    let exhausted = false;
    return () => {
      while (page.length === 0 && !exhausted) {
        const more = store.jobs.items(row.id, ['pending'], pageSize, after);
        exhausted = more.length === 0;
        after = more.at(-1)?.n ?? after;
        page = more.filter(({ n }) => !taken.has(n));
      }
      const item = page.shift();
      if (item !== undefined) taken.add(item.n);
      return item;
    };
  }

  /**
   * One item to its end: T2 unless that was written before, the step, T3. Left `running` on stop, to be settled at the
   * next start. Gives the lane's next turn.
   */
  async function oneItem(turn: Turn): Promise<Turn | undefined> {
    const { item } = turn;
    const step = stepOf(turn);
    let { begun } = turn;
    let silences = 0;
    const result = await insist(halt, async (): Promise<ItemResult> => {
      if (!begun && item.state === 'running' && definition.settle !== undefined) {
        const settled = await definition.settle(item, input, context.caps, job.since);
        if (settled === 'done') return { state: 'done' };
        if (settled === 'unknown' || context.writesOnce)
          return { state: 'unknown', note: 'cut short, and the homeserver cannot tell' };
      } else if (!begun && item.state === 'running' && context.writesOnce)
        return { state: 'unknown', note: 'cut short, and the homeserver cannot tell' };
      if (!begun) store.jobs.beginItem(row.id, item.n, intentOf(item));
      begun = true;
      return attempt(item, step, () => ++silences < mostSilences);
    }).catch((error): ItemResult => ({ state: 'failed', note: wordsOf(problemOf(error, log).text) }));
    if (result !== undefined) return endItem(item, result);
    // Cancelled while the homeserver was away. It stays `running`, so that a resumption looks how far it came.
    if (!halt.stopped()) {
      const cut = 'cancelled while the homeserver gave no answer';
      store.jobs.endItem(row.id, item.n, 'running', cut, outcomeOf(item, 'unknown', undefined));
    }
    return takeTurn();
  }

  function intentOf({ target }: ItemRow): AuditEntry {
    return { kind: 'intent', ...itemEntry(job, target) };
  }

  function look(item: ItemRow): Promise<unknown> | undefined {
    const { look: asked } = definition;
    return asked && Promise.resolve().then(() => asked(item, input, context.caps));
  }

  function stepOf({ item, ahead }: Turn): Step {
    let { kept } = item;
    let first = ahead;
    return {
      async seen() {
        const found = first ?? look(item);
        first = undefined;
        return found;
      },
      since: job.since,
      get kept() {
        return kept;
      },
      keep(data) {
        store.jobs.keep(row.id, item.n, data);
        kept = data;
      },
      says: (text) => progress.says(item, text),
      async wait(ms) {
        await pause(ms);
        if (halt.stopped()) throw new Problem('unavailable', say`The bot stops.`);
      },
      cancelled: halt.cancelled,
    };
  }

  /** `mayRepeat` is asked where the homeserver gave no answer and a second try does no harm. */
  async function attempt(item: ItemRow, step: Step, mayRepeat: () => boolean): Promise<ItemResult> {
    try {
      return await definition.step(item, input, context.caps, asker, step);
    } catch (error) {
      const problem = problemOf(error, log);
      if (problem.code === 'unavailable') throw problem;
      // Cut off by our own stop: the item stays `running` and is settled at the next start.
      if (halt.stopped()) throw new Problem('unavailable', problem.text);
      // An error of our own may have come after a call that was carried out.
      if (problem.code === 'internal') return { state: 'unknown', note: wordsOf(problem.text) };
      if (problem.code !== 'unknown-outcome') return { state: 'failed', note: wordsOf(problem.text) };
      const { settle } = definition;
      if (context.writesOnce) {
        const seen = await settle?.(item, input, context.caps, job.since).catch(() => undefined);
        return seen === 'done' ? { state: 'done' } : { state: 'unknown', note: wordsOf(problem.text) };
      }
      const settled =
        settle === undefined ? 'not done' : await insist(halt, () => settle(item, input, context.caps, job.since));
      if (settled === 'done') return { state: 'done' };
      if (settled === undefined || (settled === 'not done' && mayRepeat())) {
        throw new Problem('unavailable', problem.text);
      }
      return settled === 'not done' && settle !== undefined
        ? { state: 'failed', note: 'the homeserver gave no answer, and it was not done' }
        : { state: 'unknown', note: 'the homeserver gave no answer' };
    }
  }

  /** T3, and in the same write T2 of the item that follows: each write waits for the disk. */
  async function endItem(item: ItemRow, { state, note, change }: ItemResult): Promise<Turn | undefined> {
    const half = state === 'done' && definition.handOut !== undefined;
    const stored: ItemState = half ? 'stepped' : state;
    const outcome = outcomeOf(item, state, change);
    const turn = takeTurn();
    let ahead = turn?.item.state === 'pending' ? look(turn.item) : undefined;
    if (ahead !== undefined) {
      // The step hears of it, if there is one.
      ahead.catch(() => undefined);
      await requestsGoOut();
    }
    let begun = false;
    const write = () => {
      // What was cut short before is settled first, and a disk may have been full until the job was cancelled.
      begun = turn?.item.state === 'pending' && !halted();
      const following = begun && turn !== undefined ? { n: turn.item.n, intent: intentOf(turn.item) } : undefined;
      store.jobs.endItem(row.id, item.n, stored, note, outcome, following);
    };
    const written = await untilWritten(context, write, () => {
      // Until there is room again it may be true no more.
      ahead = undefined;
    });
    return written ? turn && { item: turn.item, begun, ahead } : undefined;
  }

  function outcomeOf(item: ItemRow, outcome: ItemResult['state'], change: ItemResult['change']): AuditEntry {
    const entry = itemEntry(job, item.target);
    const detail = { job: row.id, ...(change === undefined ? {} : { change: change as Json }) };
    return { kind: 'outcome', ...entry, outcome, detail };
  }
}
