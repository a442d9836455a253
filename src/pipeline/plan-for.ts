import type { Asker } from '../commands/asker.ts';
import type { AnyCommand, Capabilities, Plan } from '../commands/define.ts';
import type { Json } from '../core/json.ts';
import { Problem } from '../core/problem.ts';
import type { ReadCommand } from '../core/read-command.ts';
import { code, counted, joined, say } from '../core/text.ts';
import { plainPlan } from './offer.ts';

/** What the command would do, with what was dropped from its list. Throws Problem where that is nothing. */
export async function planFor(
  read: ReadCommand<AnyCommand>,
  caps: Capabilities,
  asker: Asker,
  late: boolean,
): Promise<Plan<Json>> {
  const { command, input } = read;
  const plan = command.plan === undefined ? plainPlan(read) : await command.plan(input, caps, asker);
  if (command.plan === undefined || plan.targets.length > 0) return withNotes(plan, read, late);
  const reasons = (plan.skipped ?? []).slice(0, 20).map(({ id, why }) => say`${code(id)}: ${why}`);
  throw new Problem('conflict', say`There is nothing to do.`, reasons.length === 0 ? undefined : joined(reasons, '; '));
}

/** Says in the plan that the command came late, and what was dropped from a pasted list. */
function withNotes(plan: Plan<Json>, read: ReadCommand<AnyCommand>, late: boolean): Plan<Json> {
  const notes = [
    ...(late ? [say`This command reached me late, so I ask whether it is still meant.`] : []),
    ...(read.duplicates > 0
      ? [say`${counted(read.duplicates, 'repeated line was', 'repeated lines were')} dropped.`]
      : []),
    ...(read.skipped.length > 0
      ? [
          say`${counted(read.skipped.length, 'wrong line was', 'wrong lines were')} skipped: ${joined(
            read.skipped.slice(0, 10).map(({ line, why }) => say`line ${line} ${why}`),
            '; ',
          )}.`,
        ]
      : []),
  ];
  return notes.length === 0 ? plan : { ...plan, cautions: [...plan.cautions, ...notes] };
}
