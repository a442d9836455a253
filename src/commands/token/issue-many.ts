import { z } from 'zod';
import { count } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, counted, joined, say } from '../../core/text.ts';
import type { Tokens } from '../../homeserver/tokens.ts';
import type { Asker } from '../asker.ts';
import { command } from '../define.ts';
import type { Local } from '../local.ts';
import { masked, tokenFrom } from './token-parts.ts';

const length = 16;
const validForMs = 7 * 24 * 60 * 60_000;

/** The tokens that this command makes; the same ones when it is taken up again. */
function tokensFor(howMany: number, derived: Local['derived'], asker: Asker): readonly string[] {
  return Array.from({ length: howMany }, (_, n) => tokenFrom(derived(asker.source, n), length));
}

/** Of a homeserver that makes up its tokens itself; one that limits them in one way only limits their uses. */
async function issued(howMany: number, expiresAt: number, issue: NonNullable<Tokens['issue']>): Promise<Reply> {
  const made: Awaited<ReturnType<typeof issue>>[] = [];
  let ends = true;
  let stopped: Problem | undefined;
  while (made.length < howMany && stopped === undefined) {
    try {
      made.push(await issue({ usesAllowed: 1, ...(ends ? { expiresAt } : {}) }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === 'unsupported' && ends) ends = false;
      else if (made.length === 0) throw error;
      // Those that are there already are handed out.
      else stopped = error;
    }
  }
  const remark = made.find((one) => one.remark !== undefined)?.remark;
  const lines = [
    say`Made ${counted(made.length, 'registration token')}, each for one account${ends ? ' and seven days' : ''}.`,
    ...(ends ? [] : [say`They have **no end**: this homeserver limits a token by uses or by age, not by both.`]),
    ...(stopped === undefined ? [] : [say`⚠️ Then it stopped: ${stopped.text}`]),
    ...(remark === undefined ? [] : [remark]),
  ];
  return reply.done(joined(lines, ' '), {
    secrets: made.map(({ token }) => ({ label: say`${code(masked(token))}`, value: token })),
    change: { before: null, after: { tokens: made.map(({ token }) => masked(token)) } },
  });
}

export default command({
  path: 'token issue-many',
  aliases: ['regtok issue-many'],
  summary: 'Make several registration tokens, each for one account and for seven days.',
  cautions: ['They are sent to you in a direct message.'],
  input: () => z.object({ count: count(1, 99).default(1).describe('How many, 1 to 99.') }),
  positionals: ['count'],
  examples: [['For twenty people', '!admin token issue-many 20']],
  danger: 'write',
  role: 'admin',
  needs: ['tokens', 'derived', 'clock'],
  makesSecret: () => true,

  async run({ count: howMany }, { tokens, derived, clock }, asker) {
    const expiresAt = clock() + validForMs;
    if (tokens.issue !== undefined) return issued(howMany, expiresAt, tokens.issue);
    const made = tokensFor(howMany, derived, asker);
    // Taken up again, those that are there already are its own.
    for (const token of made) await tokens.create(token, { usesAllowed: 1, expiresAt });
    return reply.done(say`Made ${counted(made.length, 'registration token')}, each for one account and seven days.`, {
      secrets: made.map((token) => ({ label: say`${code(masked(token))}`, value: token })),
      change: { before: null, after: { tokens: made.map(masked) } },
    });
  },

  again: 'safe',
  async settle({ count: howMany }, { tokens, derived }, _since, asker) {
    if (tokens.issue !== undefined) return 'unknown';
    const known = new Set((await tokens.list()).map(({ token }) => token));
    const there = tokensFor(howMany, derived, asker).filter((token) => known.has(token));
    if (there.length === howMany) return 'done';
    return there.length === 0 ? 'not done' : 'unknown';
  },
  async complete({ count: howMany }, { derived }, asker, secretLost) {
    const made = tokensFor(howMany, derived, asker);
    return reply.done(say`Made ${counted(made.length, 'registration token')}, each for one account and seven days.`, {
      secrets: secretLost ? made.map((token) => ({ label: say`${code(masked(token))}`, value: token })) : [],
    });
  },
});
