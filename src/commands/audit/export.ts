import { z } from 'zod';
import { formatBytes } from '../../core/display.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { auditFields, auditFilter, auditFilterNeeds } from './audit-filter.ts';

const atOnce = 1_000;
/** Larger files few homeservers take, and they would have to be held in memory. */
const mostBytes = 40 * 1024 * 1024;

export default command({
  path: 'audit export',
  summary: 'The audit trail as a file of JSON lines, one record a line, oldest first.',
  cautions: ['The file is removed from the homeserver after a day.'],
  input: () => z.object(auditFields()),
  examples: [['All of it', '!admin audit export']],
  danger: 'read',
  role: 'admin',
  local: true,
  needs: auditFilterNeeds,

  async run(input, caps) {
    const { audit } = caps;
    const filter = { ...auditFilter(input, caps), oldestFirst: true };
    const lines: string[] = [];
    let bytes = 0;
    for (let from = 0; ; from += atOnce) {
      const records = audit.list({ ...filter, from, limit: atOnce });
      for (const record of records) {
        const line = `${JSON.stringify(record)}\n`;
        bytes += Buffer.byteLength(line);
        lines.push(line);
      }
      if (bytes > mostBytes) {
        throw new Problem(
          'conflict',
          say`That is more than ${formatBytes(mostBytes)}, which is too much for one file.`,
          say`Take a part of it, with ${code('--since')} and ${code('--until')}.`,
        );
      }
      if (records.length < atOnce) break;
    }
    if (lines.length === 0) return reply.says(say`There is no such record.`, { data: [] });
    return {
      ...reply.says(say`${counted(lines.length, 'record')}.`, { data: lines.map((line) => JSON.parse(line)) }),
      blocks: [
        { kind: 'paragraph', text: say`${counted(lines.length, 'record')}.` },
        { kind: 'attachment', filename: 'audit.jsonl', mimetype: 'application/jsonl', content: lines.join('') },
      ],
    };
  },
});
