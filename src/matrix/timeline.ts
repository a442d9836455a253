import { z } from 'zod';
import { once } from '../core/once.ts';
import { missedEvents, type ReadMessages } from './backfill.ts';

/** The rooms of a sync's answer, by id. */
export const timelines = once(() =>
  z.record(
    z.string(),
    z.looseObject({
      timeline: z.looseObject({
        events: z.array(z.unknown()).default([]),
        limited: z.boolean().optional(),
        prev_batch: z.string().optional(),
      }),
    }),
  ),
);

export type Timeline = z.infer<ReturnType<typeof timelines>>[string];

/** What a timeline leaves out since the position before it, oldest first; `keep` as in `missedEvents`. */
export async function missedIn(
  read: ReadMessages,
  { timeline: { limited, prev_batch } }: Timeline,
  since: string,
  keep?: (event: unknown) => boolean,
): Promise<readonly unknown[]> {
  return limited === true && prev_batch !== undefined ? missedEvents(read, prev_batch, since, keep) : [];
}
