import { z } from 'zod';
import { atMostOneOf, count, flag, localUser } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, say, type Text } from '../../core/text.ts';
import type { RateLimit } from '../../homeserver/accounts.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';

function inWords(limit: RateLimit | undefined): Text {
  if (limit === undefined) return say`the server's usual limit`;
  const { messagesPerSecond, burst } = limit;
  if (messagesPerSecond === 0) return say`no limit`;
  return say`${messagesPerSecond} messages a second, ${burst} at once`;
}

export default command({
  path: 'user rate-limit',
  summary: 'How fast an account may send, and to change that.',
  cautions: ['`--none` sets 0 and 0, which Synapse takes for “no limit”; `--reset` goes back to the usual limit.'],
  input: () =>
    z
      .object({
        user: localUser.describe('Which account.'),
        messagesPerSecond: count(1).optional().describe('Messages a second; goes with --burst.'),
        burst: count(1).optional().describe('How many may come at once.'),
        none: flag.describe('No limit.'),
        reset: flag.describe("The server's usual limit."),
      })
      .check(atMostOneOf('messagesPerSecond', 'none', 'reset'), atMostOneOf('burst', 'none', 'reset')),
  positionals: ['user'],
  examples: [
    ['How fast may alice send?', '!admin user rate-limit alice'],
    ['As fast as it likes', '!admin user rate-limit alice --none'],
  ],
  danger: 'write',
  role: 'moderator',
  takesFrom: ({ user, messagesPerSecond }) => (messagesPerSecond === undefined ? [] : [user]),
  needs: ['users', 'accounts', 'adminRoom'],

  async run({ user, messagesPerSecond, burst, none, reset }, { users, accounts, adminRoom }) {
    if ((messagesPerSecond === undefined) !== (burst === undefined))
      throw new Problem('usage', say`${code('--messages-per-second')} and ${code('--burst')} go together.`);
    // It frees itself at its start, since it could not answer otherwise.
    if (reset || messagesPerSecond !== undefined) notTheBot(user, adminRoom.botId, 'limit');
    await localAccount(users, user);
    const before = await accounts.rateLimit(user);
    if (!none && !reset && messagesPerSecond === undefined)
      return reply.says(say`${code(user)} has ${inWords(before)}.`, { data: before ?? {} });
    const wanted: RateLimit | undefined = reset
      ? undefined
      : { messagesPerSecond: messagesPerSecond ?? 0, burst: burst ?? 0 };
    await accounts.setRateLimit(user, wanted);
    const after = await accounts.rateLimit(user);
    return reply.done(say`${code(user)}: ${inWords(before)} → **${inWords(after)}**.`, {
      change: { before: before ?? null, after: after ?? null },
    });
  },
  again: 'safe',
});
