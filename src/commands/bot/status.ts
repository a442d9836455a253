import { z } from 'zod';
import { formatBytes, formatDuration, formatTime } from '../../core/display.ts';
import { reply } from '../../core/reply.ts';
import { counted } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'bot status',
  summary: 'How the bot is doing.',
  input: () => z.object({}),
  examples: [['How are you?', '!admin bot status']],
  danger: 'read',
  role: 'viewer',
  local: true,
  needs: ['status', 'backend', 'clock'],
  async run(_, { status, backend, clock }) {
    const now = clock();
    const state = status();
    // This command is one of them.
    const waiting = Math.max(0, state.waiting - 1);
    const sync =
      state.sync === 'well' || state.sync === 'starting'
        ? state.sync
        : `lost since ${formatTime(state.sync.lostSince, now)}`;
    const ignored = Object.entries(state.ignored).map(([reason, times]) => `${reason} ${times}`);
    return reply.fields(
      [
        ['Castellan', state.version],
        ['Homeserver', backend],
        ['Running for', formatDuration(now - state.startedAt)],
        ['Sync', sync],
        ['Commands waiting', waiting],
        ['Open plans', state.openPlans],
        ['Running jobs', state.runningJobs],
        ['Audit trail', counted(state.auditRecords, 'record')],
        ['Database', formatBytes(state.databaseBytes)],
        ['Messages not acted on', ignored.join(', ') || 0],
      ],
      { backend, ...state, waiting },
    );
  },
});
