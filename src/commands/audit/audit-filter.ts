import { text, time, user } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { AuditFilter } from '../../store/store.ts';

/** The fields by which records are chosen. */
export const auditFields = {
  user: user.optional().describe('Only what this user asked for.'),
  command: text.optional().describe('Only this command: "user deactivate".'),
  target: text.optional().describe('Only what acted on this user, room or alias.'),
  since: time.optional().describe('Only from then on.'),
  until: time.optional().describe('Only until then.'),
};

interface Chosen {
  readonly user?: string | undefined;
  readonly command?: string | undefined;
  readonly target?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** The same for the store. Throws Problem('usage') where the times contradict each other. */
export function auditFilter({
  user: actor,
  command,
  target,
  since,
  until,
}: Chosen): Omit<AuditFilter, 'from' | 'limit'> {
  if (since !== undefined && until !== undefined && since > until) {
    throw new Problem('usage', say`${code('--since')} must lie before ${code('--until')}.`);
  }
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(command === undefined ? {} : { command: command.toLowerCase() }),
    ...(target === undefined ? {} : { target }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}
