import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { Restarted } from '../host.ts';
import type { Kept } from './undo-journal.ts';

/** What is being done; kept until it is over. `announced`: no command was run yet. `begun`: it was. */
const undertaking = once(() =>
  z.object({
    kind: z.enum(['change', 'restart', 'stop', 'caches']),
    source: z.string(),
    since: z.number(),
    phase: z.enum(['writing', 'announced', 'begun', 'undoing']),
  }),
);
export type Undertaking = z.infer<ReturnType<typeof undertaking>>;

const outcomeName = 'host outcome';
const undertakingName = 'host undertaking';

/** Where it is kept what is being done to the homeserver, and what came of the last time. */
export interface Undertakings {
  begin(one: Undertaking): void;
  /** What a stop of the bot cut short. */
  current(): Undertaking | undefined;
  over(): void;
  ended(source: string, outcome: Restarted): Restarted;
  outcomeOf(source: string): Restarted | undefined;
}

export function createUndertakings(kept: Kept): Undertakings {
  const over = () => kept.delete(undertakingName);
  return {
    begin: (one) => kept.set(undertakingName, JSON.stringify(one)),
    current() {
      const text = kept.get(undertakingName);
      return text === undefined ? undefined : undertaking().parse(JSON.parse(text));
    },
    over,
    ended(source, outcome) {
      kept.set(outcomeName, JSON.stringify({ source, outcome }));
      over();
      return outcome;
    },
    outcomeOf(source) {
      const text = kept.get(outcomeName);
      if (text === undefined) return undefined;
      const found = JSON.parse(text) as { readonly source: string; readonly outcome: Restarted };
      return found.source === source ? found.outcome : undefined;
    },
  };
}
