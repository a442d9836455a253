import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { count } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { type Cell, reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { command } from '../define.ts';

const compact = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : JSON.stringify(value);

export default command({
  path: 'audit show',
  summary: 'One record of the audit trail, whole.',
  input: () => z.object({ seq: count(1).describe('Its number.') }),
  positionals: ['seq'],
  examples: [['The first one', '!admin audit show 1']],
  danger: 'read',
  role: 'admin',
  local: true,
  needs: ['audit', 'clock'],

  async run({ seq }, { audit, clock }) {
    const record = audit.get(seq);
    if (record === undefined) {
      throw new Problem(
        'not-found',
        say`There is no record ${seq}; there are ${audit.count()}.`,
        say`${commandLine('audit list')} shows them.`,
      );
    }
    const fields: readonly (readonly [string, Cell])[] = [
      ['No.', record.seq],
      ['Time', formatTime(record.at, clock())],
      ['By', record.actor],
      ['From', record.source],
      ['Kind', record.kind],
      ['Command', record.command],
      ['Result', record.outcome],
      ['Input', compact(record.input)],
      ['Acted on', record.targets.join(' ')],
      ['Plan', record.plan],
      ['Details', compact(record.detail)],
      ['Hash', code(record.hash)],
      ['Hash of the one before', code(record.previous)],
    ];
    return reply.fields(
      fields.filter(([, value]) => value !== undefined && value !== null && value !== ''),
      record,
    );
  },
});
