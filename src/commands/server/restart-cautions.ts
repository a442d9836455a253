import { Problem } from '../../core/problem.ts';
import { code, counted, joined, say, type Text } from '../../core/text.ts';
import type { Capabilities } from '../define.ts';

/**
 * What a plan says about a restart to come. Throws Problem('conflict') where the homeserver would not start again,
 * unless that is `forced`.
 */
export async function restartCautions(
  { host, jobs }: Pick<Capabilities, 'host' | 'jobs'>,
  forced: boolean,
): Promise<readonly Text[]> {
  const { faults, notes } = await host.check();
  if (faults.length > 0 && !forced) {
    throw new Problem(
      'conflict',
      say`The homeserver would not start again with its files as they are. ${joined(faults, ' ')}`,
      say`Mend them first; ${code('--force')} restarts it all the same.`,
    );
  }
  const pending = host.pending();
  const running = jobs.list().filter(({ finishedAt }) => finishedAt === undefined).length;
  return [
    say`Everybody is cut off until it is back, most often for some seconds.`,
    ...(faults.length > 0 ? [say`**It may not start again**: ${joined(faults, ' ')}`] : []),
    ...(pending.length > 0
      ? [
          say`It comes into force: ${joined(pending.map(code), '; ')}. If the homeserver does not come up with it, I put it back and restart again.`,
        ]
      : []),
    ...(running > 0 ? [say`${counted(running, 'job waits', 'jobs wait')} meanwhile and go on afterwards.`] : []),
    ...notes,
  ];
}
