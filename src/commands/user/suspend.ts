import { z } from 'zod';
import { localUser } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';

const input = z.object({ user: localUser.describe('Which account.') });

export const suspend = command({
  path: 'user suspend',
  summary: 'Make an account read-only: it stays logged in, but cannot send, join or change anything.',
  cautions: ['`user unsuspend` takes it back, and nothing is lost.'],
  input,
  positionals: ['user'],
  examples: [['Suspend alice', '!admin user suspend alice']],
  danger: 'write',
  role: 'moderator',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'adminRoom'],
  async run({ user }, { users, adminRoom }) {
    notTheBot(user, adminRoom.botId, 'suspend');
    const account = await localAccount(users, user);
    await users.setSuspended(user, true);
    const change = { before: { suspended: account.suspended }, after: { suspended: true } };
    return account.suspended
      ? reply.done(say`${code(user)} was suspended already.`, { change })
      : reply.done(
          say`Suspended ${code(user)}: it can read, but not write. ${commandLine(`user unsuspend ${user}`)} takes it back.`,
          {
            change,
          },
        );
  },
  again: 'safe',
});

export const unsuspend = command({
  path: 'user unsuspend',
  summary: 'End the suspension of an account.',
  input,
  positionals: ['user'],
  examples: [['Let alice write again', '!admin user unsuspend alice']],
  danger: 'write',
  role: 'moderator',
  needs: ['users'],
  async run({ user }, { users }) {
    const account = await localAccount(users, user);
    await users.setSuspended(user, false);
    const change = { before: { suspended: account.suspended }, after: { suspended: false } };
    return account.suspended
      ? reply.done(say`${code(user)} can write again.`, { change })
      : reply.done(say`${code(user)} was not suspended.`, { change });
  },
  again: 'safe',
});
