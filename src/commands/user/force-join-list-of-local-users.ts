import { z } from 'zod';
import { localUser, room } from '../../core/fields.ts';
import { command } from '../define.ts';
import { bringInHelp, bringInJob, bringInNeeds, bringInPlan, bringInResult } from './bring-in.ts';

export default command({
  path: 'user force-join-list-of-local-users',
  summary: 'Bring every account of a pasted list into a room, whether it wants or not.',
  cautions: bringInHelp,
  input: () =>
    z.object({
      room: room.describe('Into which room, by id or alias.'),
      users: z.array(localUser).describe('One user a line.'),
    }),
  positionals: ['room'],
  body: { kind: 'list', into: 'users', required: true },
  examples: [
    ['Bring two people into the lobby', '!admin user force-join-list-of-local-users #lobby\n```\nbob\ncarol\n```'],
  ],
  danger: 'confirm',
  role: 'admin',
  needs: bringInNeeds,
  plan: ({ room, users }, caps, asker) => bringInPlan({ room, userIds: users, everybody: false }, caps, asker),
  run: async (_input, _caps, _asker, frozen) => bringInResult(frozen),
  job: bringInJob,
});
