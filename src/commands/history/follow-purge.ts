import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { say } from '../../core/text.ts';
import type { Purge, PurgeOrder, Purges } from '../../homeserver/purges.ts';
import type { ItemResult, Step } from '../define.ts';

const firstLookMs = 200;
const longestLookMs = 2_000;

const isOpen = ({ state }: Purge) => state === 'scheduled' || state === 'active';

/** What a step keeps of the purge it follows. */
const kept = once(() =>
  z.object({
    /** Purges of the room that were there before ours was ordered. */
    before: z.array(z.string()),
    following: z.string().nullable(),
  }),
);

/** Has a room's history purged and follows that to its end, over restarts, without ever ordering it twice. */
export async function followPurge(purges: Purges, roomId: string, order: PurgeOrder, step: Step): Promise<ItemResult> {
  const purgeId = await underWay();
  for (let wait = firstLookMs; ; wait = Math.min(wait * 2, longestLookMs)) {
    const now = await purges.get(purgeId);
    if (now === undefined) return { state: 'unknown', note: 'the homeserver does not know of the purge any more' };
    if (now.state === 'complete') return { state: 'done', note: `purge ${purgeId} is complete` };
    if (!isOpen(now)) {
      const why = now.error === undefined ? '' : `: ${now.error.split('\n', 1)[0]}`;
      return { state: 'failed', note: `the homeserver has given up${why}` };
    }
    step.says(`The homeserver is at it (${now.state}); see “history purge-status ${purgeId}”.`);
    if (step.cancelled())
      return { state: 'unknown', note: `the homeserver goes on by itself; see “history purge-status ${purgeId}”` };
    await step.wait(wait);
  }

  async function underWay(): Promise<string> {
    const all = await purges.ofRoom(roomId);
    if (step.kept !== undefined) {
      const { before, following } = kept().parse(step.kept);
      // After a stop or a lost answer: one that was not there before is ours.
      const ours = following ?? all.find((one) => !before.includes(one.purgeId))?.purgeId;
      if (ours !== undefined) return follow(before, ours);
    }
    const before = all.map((one) => one.purgeId);
    if (all.some(isOpen)) throw new Problem('unavailable', say`Another purge of the room is under way.`);
    step.keep({ before, following: null });
    try {
      return follow(before, await purges.start(roomId, order));
    } catch (error) {
      if (error instanceof Problem && error.code === 'conflict') throw new Problem('unavailable', error.text);
      throw error;
    }
  }

  function follow(before: readonly string[], following: string): string {
    step.keep({ before: [...before], following });
    return following;
  }
}
