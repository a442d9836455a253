import { Problem } from '../../core/problem.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { JobRow } from '../../store/store.ts';
import type { Local } from '../local.ts';

export function foundJob(jobs: Local['jobs'], id: string): JobRow {
  const job = jobs.get(id.toLowerCase());
  if (job) return job;
  throw new Problem('not-found', say`There is no job ${code(id)}.`, say`${commandLine('job list')} shows them.`);
}
