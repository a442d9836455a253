import { z } from 'zod';
import { room } from '../../core/fields.ts';
import { command } from '../define.ts';
import { everyRow } from '../every-row.ts';
import { bringInHelp, bringInJob, bringInNeeds, bringInPlan, bringInResult } from './bring-in.ts';

export default command({
  path: 'user force-join-all-local-users',
  summary: 'Bring everybody of this server into a room, whether they want or not.',
  cautions: [...bringInHelp, 'Accounts of bridges are among them; the plan says how many.'],
  input: () => z.object({ room: room.describe('Into which room, by id or alias.') }),
  positionals: ['room'],
  examples: [['See whom it would bring into the lobby', '!admin user force-join-all-local-users #lobby --dry-run']],
  danger: 'confirm',
  role: 'admin',
  needs: bringInNeeds,
  async plan({ room }, caps, asker) {
    const userIds: string[] = [];
    const list = (from: number, limit: number) => caps.users.list({ from, limit });
    for await (const { userId } of everyRow(list)) userIds.push(userId);
    return bringInPlan({ room, userIds, everybody: true }, caps, asker);
  },
  run: async (_input, _caps, _asker, frozen) => bringInResult(frozen),
  job: bringInJob,
});
