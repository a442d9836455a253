import { Problem } from '../core/problem.ts';
import { say, type Text } from '../core/text.ts';
import type { Log } from '../log.ts';
import { isAway } from './is-away.ts';
import { type Posting, post } from './post.ts';
import { problemOf } from './problem-of.ts';
import { transactionId } from './transaction-id.ts';

/** One thing that has come up on the server. */
export interface NewsItem {
  /** Tells it from all others of its source. */
  readonly key: string;
  readonly words: Text;
  /** Stored once it is posted: from where to look for the next one. */
  readonly mark: string;
}

/** Something that the homeserver lists, and that is posted to the room as it comes. */
export interface NewsSource {
  readonly name: string;
  /** Where the list ends now: what is older is no news. */
  start(): Promise<string>;
  /** What came after the mark, oldest first. */
  since(mark: string): Promise<readonly NewsItem[]>;
  /** "and 37 more registrations: …" */
  more(count: number): Text;
}

export interface NewsOptions extends Posting {
  readonly sources: readonly NewsSource[];
  /** Names of sources that are switched off: when they come back, they begin at that time's end. */
  readonly silent: readonly string[];
  readonly everyMs: number;
  readonly stopped: () => boolean;
  /** Resolves early on stop. */
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
}

/** So many of one look are posted one by one; whoever floods the server does not flood the room. */
const mostSingly = 10;

const markOf = (name: string) => `news:${name}`;

/** Looks for news until the bot stops. */
export async function watchNews(options: NewsOptions): Promise<void> {
  const { store, sources, stopped, log } = options;
  for (const name of options.silent) store.values.delete(markOf(name));
  const asked = new Set(sources);
  while (!stopped() && asked.size > 0) {
    for (const source of asked) {
      try {
        await look(options, source);
      } catch (error) {
        if (stopped()) return;
        // This homeserver has no such list, and will have none until it is another one.
        if (error instanceof Problem && error.code === 'unsupported') asked.delete(source);
        if (!isAway(error)) problemOf(error, log);
        log.warn({ code: source.name }, 'the news could not be looked for');
      }
    }
    await options.pause(options.everyMs);
  }
}

async function look(options: NewsOptions, source: NewsSource): Promise<void> {
  const { store } = options;
  const name = markOf(source.name);
  const mark = store.values.get(name);
  if (mark === undefined) return store.values.set(name, await source.start());
  const items = await source.since(mark);
  const singly = items.length > mostSingly ? items.slice(0, mostSingly - 1) : items;
  // A stop between the two lines posts nothing twice: the transaction id is known by then.
  for (const { key, words, mark: next } of singly) {
    post(options, words, transactionId(`news ${source.name}`, key), false);
    store.values.set(name, next);
  }
  const last = items.at(-1);
  const rest = items.length - singly.length;
  if (last === undefined || rest === 0) return;
  post(
    options,
    say`… ${source.more(rest)}`,
    transactionId(`news ${source.name}`, `after ${singly.at(-1)?.key}`),
    false,
  );
  store.values.set(name, last.mark);
}
