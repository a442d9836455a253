import { formatTime } from '../../core/display.ts';
import { count, time } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { say } from '../../core/text.ts';

const dayMs = 24 * 60 * 60_000;

/** The flags that name a time before which files are old. */
export const cutOffFields = once(() => ({
  beforeDays: count(1).optional().describe('Last looked at more than so many days ago.'),
  before: time.optional().describe('Last looked at before this time.'),
  beforeTs: time.optional().describe('The same in milliseconds since 1970.'),
}));
export const cutOffNames = ['beforeDays', 'before', 'beforeTs'] as const;
export const cutOffShort = { d: 'beforeDays', b: 'before', t: 'beforeTs' } as const;

export interface CutOffInput {
  readonly beforeDays?: number | undefined;
  readonly before?: number | undefined;
  readonly beforeTs?: number | undefined;
}

/** That time, in epoch ms; `undefined` where none is named. Throws Problem for one to come. */
export function cutOff({ beforeDays, before, beforeTs }: CutOffInput, now: number): number | undefined {
  const at = before ?? beforeTs ?? (beforeDays === undefined ? undefined : now - beforeDays * dayMs);
  if (at !== undefined && at > now)
    throw new Problem('usage', say`${formatTime(at, now)} lies in the future; nothing was deleted.`);
  return at;
}
