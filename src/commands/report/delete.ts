import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundReport, ofUser } from './found-report.ts';

export default command({
  path: 'report delete',
  summary: 'Delete a report. The message or person that it is about stays.',
  input: () => z.object({ report: text.describe('Its number; of a person, with a u before it.') }),
  positionals: ['report'],
  examples: [['It is dealt with', '!admin report delete 12']],
  danger: 'confirm',
  role: 'moderator',
  needs: ['reports'],

  async plan({ report: typed }, { reports }) {
    const found = await foundReport(reports, typed);
    const { kind, report } = found;
    const about = found.kind === 'user' ? found.report.target : found.report.sender;
    const id = kind === 'user' ? ofUser(report.id) : String(report.id);
    return {
      title: say`Delete the report ${code(id)}.`,
      targets: [
        {
          id,
          note: say`by ${code(report.reporter)} about ${about === undefined ? say`a message` : code(about)}: ${report.reason ?? 'no reason given'}`,
        },
      ],
      cautions: [say`It cannot be brought back.`],
      frozen: { kind, id: report.id },
    };
  },

  async run(_input, { reports }, _asker, frozen) {
    if (frozen === undefined) throw new Error('a report is deleted by its plan');
    const { kind, id } = frozen;
    if (kind === 'user') await reports.removeUser(id);
    else await reports.removeEvent(id);
    return reply.done(say`Deleted the report ${code(kind === 'user' ? ofUser(id) : String(id))}.`);
  },
  again: 'safe',
});
