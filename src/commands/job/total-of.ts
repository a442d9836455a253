import type { JobRow } from '../../store/store.ts';

/** How many items a job has, in whatever state. */
export function totalOf(job: JobRow): number {
  return Object.values(job.counts).reduce((sum, count) => sum + count, 0);
}
