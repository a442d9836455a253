import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { localUser, time } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user counts',
  summary: 'How many invites an account has sent and how many rooms it has joined.',
  input: () =>
    z.object({
      user: localUser.describe('Which account.'),
      since: time.optional().describe('Only since then; otherwise ever.'),
    }),
  positionals: ['user'],
  examples: [
    ['Ever', '!admin user counts alice'],
    ['This year', '!admin user counts alice --since 2026-01-01'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['users', 'accounts', 'clock'],
  async run({ user, since }, { users, accounts, clock }) {
    await localAccount(users, user);
    const counts = await accounts.counts(user, since ?? 0);
    return reply.fields(
      [
        ['User', user],
        ['Since', since === undefined ? 'ever' : formatTime(since, clock())],
        ['Invites sent', counts.invitesSent],
        ['Rooms joined', counts.roomsJoined],
      ],
      { invite_count: counts.invitesSent, cumulative_joined_room_count: counts.roomsJoined },
    );
  },
});
