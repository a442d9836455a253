import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { LedgerEntry } from '../../store/store.ts';

const banned = once(() =>
  z.object({
    /** `begun` until all of it is done: what was cut short stays so. */
    state: z.enum(['begun', 'banned']),
    name: z.string().nullable(),
    /** Local aliases that it had. */
    aliases: z.array(z.string()),
    /** Members of this server, when it was banned. */
    localMembers: z.number(),
    /** Whether it stood in the directory. */
    published: z.boolean(),
  }),
);

/** What the ledger keeps of a banned room, to say what unbanning it does not bring back. */
export type Banned = z.output<ReturnType<typeof banned>>;

export function bannedIn(entry: LedgerEntry): Banned {
  return banned().parse(entry.detail);
}
