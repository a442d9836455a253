import { z } from 'zod';
import { localUser } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';

const input = z.object({ user: localUser.describe('Which account.') });

export const lock = command({
  path: 'user lock',
  summary: 'Shut an account out: its sessions stop working until it is unlocked.',
  cautions: ['`user unlock` takes it back; password, devices and rooms are kept.'],
  input,
  positionals: ['user'],
  examples: [['Lock alice out', '!admin user lock alice']],
  danger: 'write',
  role: 'moderator',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'adminRoom'],
  async run({ user }, { users, adminRoom }) {
    notTheBot(user, adminRoom.botId, 'lock');
    const account = await localAccount(users, user);
    await users.setLocked(user, true);
    const change = { before: { locked: account.locked }, after: { locked: true } };
    return account.locked
      ? reply.done(say`${code(user)} was locked already.`, { change })
      : reply.done(
          say`Locked ${code(user)}: it cannot use its account. ${commandLine(`user unlock ${user}`)} takes it back.`,
          {
            change,
          },
        );
  },
  again: 'safe',
});

export const unlock = command({
  path: 'user unlock',
  summary: 'Let a locked account in again.',
  input,
  positionals: ['user'],
  examples: [['Let alice in again', '!admin user unlock alice']],
  danger: 'write',
  role: 'moderator',
  needs: ['users'],
  async run({ user }, { users }) {
    const account = await localAccount(users, user);
    await users.setLocked(user, false);
    const change = { before: { locked: account.locked }, after: { locked: false } };
    return account.locked
      ? reply.done(say`${code(user)} can use its account again.`, { change })
      : reply.done(say`${code(user)} was not locked.`, { change });
  },
  again: 'safe',
});
