import { z } from 'zod';
import { formatDuration } from '../../core/display.ts';
import { atMostOneOf, choice, flag } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { backgroundJobs } from '../../homeserver/maintenance.ts';
import { command } from '../define.ts';

export default command({
  path: 'server background-updates',
  summary: 'The long changes of the homeserver’s own database: look, switch, start one.',
  cautions: ['Switched off, a new version of the homeserver may not get ready with what it has to change.'],
  input: () =>
    z
      .object({
        enable: flag.describe('Let them go on.'),
        disable: flag.describe('Halt them.'),
        run: choice(backgroundJobs).optional().describe('Start this job.'),
      })
      .check(atMostOneOf('enable', 'disable', 'run')),
  examples: [
    ['What is under way?', '!admin server background-updates'],
    ['Make the user directory anew', '!admin server background-updates --run regenerate_directory --dry-run'],
  ],
  danger: 'read',
  raise: ({ enable, disable, run }) => (enable || disable || run !== undefined ? 'write' : undefined),
  role: 'admin',
  needs: ['maintenance'],

  async run({ enable, disable, run }, { maintenance }) {
    const before = await maintenance.backgroundUpdates();
    if (run !== undefined) {
      await maintenance.startJob(run);
      return reply.done(say`The homeserver has begun with ${code(run)}.`);
    }
    if (enable || disable) {
      await maintenance.setBackgroundUpdates(enable);
      const change = { before: { enabled: before.enabled }, after: { enabled: enable } };
      return reply.done(enable ? say`Background updates go on.` : say`Background updates are halted.`, { change });
    }
    const state = before.enabled ? say`Background updates are on` : say`⚠️ Background updates are **switched off**`;
    if (before.current.length === 0) return reply.says(say`${state}; none is under way.`, { data: before });
    return reply.listing(
      {
        columns: [
          { key: 'database', title: 'Database' },
          { key: 'name', title: 'Update' },
          { key: 'items', title: 'Done', align: 'right' },
          { key: 'worked', title: 'Worked for' },
        ],
        show: ['database', 'name', 'items', 'worked'],
        rows: before.current.map((one) => ({
          database: one.database,
          name: one.name,
          items: one.items.toLocaleString('en'),
          worked: formatDuration(one.workedMs),
        })),
        data: before.current,
      },
      say`${state}.`,
    );
  },
  again: 'safe',
});
