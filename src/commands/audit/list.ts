import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { listing, listingShort } from '../../core/fields.ts';
import { counted, say } from '../../core/text.ts';
import type { AuditRecord } from '../../store/store.ts';
import { command } from '../define.ts';
import { paged } from '../paged.ts';
import { auditFields, auditFilter, auditFilterNeeds } from './audit-filter.ts';

const shownTargets = 3;

export default command({
  path: 'audit list',
  summary: 'Who had me do what, and what came of it; the newest first.',
  cautions: ['An act has two records: the intent, written before it, and the outcome.'],
  input: () => z.object({ ...listing(['seq']), ...auditFields() }),
  short: listingShort,
  examples: [
    ['What was done last?', '!admin audit list'],
    ['What happened to alice this year?', '!admin audit list --target @alice:example.org --since 2026-01-01'],
  ],
  danger: 'read',
  role: 'admin',
  local: true,
  needs: [...auditFilterNeeds, 'clock'],

  async run(input, caps) {
    const { audit, clock } = caps;
    const filter = { ...auditFilter(input, caps), oldestFirst: input.reverse };
    const now = clock();
    return paged<AuditRecord>(input, {
      list: async (from, limit) => ({
        rows: audit.list({ ...filter, from, limit }),
        total: audit.count({ ...filter, from, limit }),
      }),
      columns: [
        { key: 'seq', title: 'No.' },
        { key: 'at', title: 'Time' },
        { key: 'by', title: 'By' },
        { key: 'command', title: 'Command' },
        { key: 'result', title: 'Result' },
        { key: 'targets', title: 'Of' },
        { key: 'kind', title: 'Kind' },
        { key: 'plan', title: 'Plan' },
      ],
      show: ['seq', 'at', 'by', 'command', 'result', 'plan'],
      cells: (record) => ({
        seq: record.seq,
        at: formatTime(record.at, now),
        by: record.actor,
        command: record.command,
        result: `${resultOf(record)}${aboutTargets(record.targets)}`,
        targets: record.targets.join(' '),
        kind: record.kind,
        plan: record.plan,
      }),
      data: (record) => record,
      heading: (total) => say`${counted(total, 'record')}.`,
      none: say`There is no such record.`,
    });
  },
});

const resultOf = ({ kind, outcome }: AuditRecord): string => (kind === 'outcome' ? (outcome ?? 'done') : kind);

function aboutTargets(targets: readonly string[]): string {
  if (targets.length === 0) return '';
  const more = targets.length > shownTargets ? ` and ${targets.length - shownTargets} more` : '';
  return `: ${targets.slice(0, shownTargets).join(', ')}${more}`;
}
