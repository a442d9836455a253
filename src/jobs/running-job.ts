import type { Asker } from '../commands/asker.ts';
import type { AnyCommand } from '../commands/define.ts';
import { withoutSecrets } from '../core/secret-fields.ts';
import type { Frozen } from '../pipeline/plan-store.ts';
import type { AuditEntry, JobRow } from '../store/store.ts';
import type { Halt } from './halt.ts';

/** A job with what its steps need. */
export interface RunningJob {
  readonly row: JobRow;
  readonly command: AnyCommand;
  readonly definition: NonNullable<AnyCommand['job']>;
  readonly input: Record<string, unknown>;
  readonly asker: Asker;
  readonly frozen: Frozen;
  /** When it was asked for: epoch ms by the homeserver's clock. */
  readonly since: number;
  readonly halt: Halt;
}

/** The event by which the job is under way now; its reports' transaction ids come from it. */
export const beganBy = ({ source, resumedBy }: JobRow): string => resumedBy ?? source;

/** Audit entry of one item. */
export function itemEntry({ row, command, input }: RunningJob, target: string): Omit<AuditEntry, 'kind'> {
  return {
    actor: row.requester,
    source: beganBy(row),
    command: command.path,
    input: summary(command, input),
    targets: [target],
    detail: { job: row.id },
  };
}

/** The input without the list the job was made from: each item has its own record. */
function summary(command: AnyCommand, input: Record<string, unknown>): AuditEntry['input'] {
  const kept = { ...input };
  if (command.body !== undefined) delete kept[command.body.into];
  return withoutSecrets(command, kept);
}
