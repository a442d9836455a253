import { text, time, user } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { normalized, resolve } from '../../core/resolve.ts';
import { code, say } from '../../core/text.ts';
import type { AuditFilter } from '../../store/store.ts';
import type { Capabilities } from '../define.ts';

/** The fields by which records are chosen. */
export const auditFields = once(() => ({
  user: user.optional().describe('Only what this user asked for.'),
  command: text.optional().describe('Only this command: "user deactivate".'),
  target: text.optional().describe('Only what acted on this user, room or alias.'),
  since: time.optional().describe('Only from then on.'),
  until: time.optional().describe('Only until then.'),
}));

interface Chosen {
  readonly user?: string | undefined;
  readonly command?: string | undefined;
  readonly target?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** What choosing needs. */
export const auditFilterNeeds = ['audit', 'catalog', 'adminRoom'] as const;

/** The same for the store. Throws Problem('usage') where the times contradict each other, or no such command was ever there. */
export function auditFilter(
  { user: actor, command, target, since, until }: Chosen,
  caps: Pick<Capabilities, (typeof auditFilterNeeds)[number]>,
): Omit<AuditFilter, 'from' | 'limit'> {
  if (since !== undefined && until !== undefined && since > until) {
    throw new Problem('usage', say`${code('--since')} must lie before ${code('--until')}.`);
  }
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(command === undefined ? {} : { command: pathOf(command, caps) }),
    ...(target === undefined ? {} : { target: targetOf(target, serverOf(caps.adminRoom.botId)) }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** The path under which a command is recorded, whichever of its names was typed; also of one that is gone by now. */
function pathOf(typed: string, { audit, catalog }: Pick<Capabilities, 'audit' | 'catalog'>): string {
  const words = typed.trim().split(/\s+/).map(normalized);
  const path = words.join(' ');
  if (audit.count({ command: path, from: 0, limit: 1 }) > 0) return path;
  const found = resolve(words, catalog);
  if (found.kind === 'command' && found.used === words.length) return found.command.path;
  throw new Problem('usage', say`There is no command ${code(typed)}, and there is no record of one.`);
}

/** "alice" and "#lobby" are ours; what has a server, or is no id at all, stands for itself. */
function targetOf(typed: string, serverName: string): string {
  if (/^[a-z0-9._=/+-]+$/.test(typed) && !typed.includes('.')) return `@${typed}:${serverName}`;
  return /^[@#][^:]+$/.test(typed) ? `${typed}:${serverName}` : typed;
}
