import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { counted } from '../../core/text.ts';
import type { ItemResult, Step } from '../define.ts';

const kept = once(() => z.object({ tries: z.number() }).catch({ tries: 0 }));

/** Before each further try; the server may still be at the first. */
const waitsMs = [1_000, 10_000, 60_000, 120_000];

/**
 * Deletes in one call, which may take minutes, all that falls under a frozen moment. What such a call deletes is gone
 * for the next one: so where an answer is lost, the same call made again tells how it stands.
 */
export async function sweep(step: Step, call: () => Promise<number>): Promise<ItemResult> {
  let { tries } = kept().parse(step.kept);
  for (const wait of [...waitsMs, undefined]) {
    tries += 1;
    step.keep({ tries });
    try {
      const removed = await call();
      const deleted = `${counted(removed, 'file')} deleted`;
      return {
        state: 'done',
        note:
          tries === 1
            ? deleted
            : `${deleted} by the last of ${tries} calls; how many by those before it is not known, since their answers were lost`,
        change: { after: { removed, calls: tries } },
      };
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'unknown-outcome') throw error;
    }
    if (wait === undefined || step.cancelled()) break;
    step.says('no answer in time; the homeserver may still be at it, and I ask again');
    await step.wait(wait);
  }
  return {
    state: 'unknown',
    note: 'the homeserver gave no answer and may still be at it; the same command again deletes what is left',
  };
}
