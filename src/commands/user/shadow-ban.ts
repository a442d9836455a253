import { z } from 'zod';
import { flag, localUser } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { type AnyCommand, type Capabilities, command } from '../define.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';

async function set(
  user: string,
  to: boolean,
  { users, accounts, adminRoom }: Pick<Capabilities, 'users' | 'accounts' | 'adminRoom'>,
): Promise<Reply> {
  if (to) notTheBot(user, adminRoom.botId, 'shadow-ban');
  const before = (await localAccount(users, user)).shadowBanned;
  if (before !== to) {
    await accounts.setShadowBanned(user, to);
    if ((await localAccount(users, user)).shadowBanned !== to)
      throw new Problem('rejected', say`The server said yes, but ${code(user)} is as before.`);
  }
  const undo = commandLine(`user unshadow-ban ${user}`);
  const said = to
    ? before
      ? say`${code(user)} was shadow-banned already.`
      : say`${code(user)} is shadow-banned: what it sends nobody gets, and it is not told. ${undo} takes it back.`
    : before
      ? say`${code(user)} is not shadow-banned any more.`
      : say`${code(user)} was not shadow-banned.`;
  return reply.done(said, { change: { before: { shadow_banned: before }, after: { shadow_banned: to } } });
}

const cautions = [
  'What a shadow-banned account sends seems to go out, and nobody gets it; invites and joins fail at random.',
  'Synapse calls it a last resort, which can confuse: `user suspend` and `user lock` are honest ways.',
];

export const shadowBan = command({
  path: 'user shadow-ban',
  summary: 'Let an account send into the void, without telling it.',
  cautions,
  input: () => z.object({ user: localUser.describe('Which account.'), unban: flag.describe('Take it back.') }),
  positionals: ['user'],
  short: { u: 'unban' },
  examples: [['Let alice send into the void', '!admin user shadow-ban alice']],
  danger: 'write',
  role: 'moderator',
  takesFrom: ({ user, unban }) => (unban ? [] : [user]),
  needs: ['users', 'accounts', 'adminRoom'],
  run: ({ user, unban }, caps) => set(user, !unban, caps),
  again: 'safe',
});

export const unshadowBan: AnyCommand = command({
  path: 'user unshadow-ban',
  summary: 'Let what an account sends go out again.',
  input: () => z.object({ user: localUser.describe('Which account.') }),
  positionals: ['user'],
  examples: [['Take it back', '!admin user unshadow-ban alice']],
  danger: 'write',
  role: 'moderator',
  needs: ['users', 'accounts', 'adminRoom'],
  run: ({ user }, caps) => set(user, false, caps),
  again: 'safe',
});
