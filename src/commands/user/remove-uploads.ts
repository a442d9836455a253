import { z } from 'zod';
import { once } from '../../core/once.ts';
import { counted } from '../../core/text.ts';
import type { Media } from '../../homeserver/media.ts';
import type { Step } from '../define.ts';

/** What a local account uploaded, as counted for a plan. */
export interface Uploads {
  readonly count: number;
  readonly bytes: number;
  /** When the newest was uploaded, in epoch ms; 0 where there is none. */
  readonly until: number;
}

export interface RemovedUploads {
  readonly removed: number;
  /** What the server could not remove from its disk. */
  readonly stuck: number;
}

/** Synapse removes one page a call; a page is what it does between two looks whether the job was cancelled. */
const pageSize = 100;

const kept = once(() => z.object({ removed: z.number() }).catch({ removed: 0 }));

/**
 * Removes what a local account had uploaded until `until` (epoch ms), the oldest first, and leaves what came later. May
 * be done again after it was cut short. Throws Problem; `Step.cancelled` ends it early.
 */
export async function removeUploads(
  media: Media,
  userId: string,
  { count, until }: Pick<Uploads, 'count' | 'until'>,
  step: Pick<Step, 'kept' | 'keep' | 'says' | 'cancelled'>,
): Promise<RemovedUploads> {
  let { removed } = kept().parse(step.kept);
  let stuck = 0;
  while (!step.cancelled()) {
    const { rows } = await media.ofUser(userId, { from: stuck, limit: pageSize, sort: 'created_ts' });
    const due = rows.filter(({ createdAt }) => createdAt <= until).length;
    if (due === 0) break;
    const gone = await media.removeOldestOf(userId, stuck, due);
    removed += gone;
    // What cannot be removed stays in the list: the next page begins behind it.
    stuck += due - gone;
    step.keep({ removed });
    step.says(`${removed.toLocaleString('en')} of ${counted(count, 'file')} deleted`);
  }
  return { removed, stuck };
}
