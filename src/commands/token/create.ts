import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { count, secret } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say, type Text } from '../../core/text.ts';
import type { TokenLimits } from '../../homeserver/tokens.ts';
import type { Asker } from '../asker.ts';
import { command } from '../define.ts';
import type { Local } from '../local.ts';
import { expiryOf, limitChecks, limitFields, masked, tokenData, tokenFrom } from './token-parts.ts';

const usualLength = 16;
/** What the homeserver takes (manual, "Registration Tokens"). */
const tokenShape = /^[A-Za-z0-9._~-]{1,64}$/;

interface Wanted {
  readonly token?: string | undefined;
  readonly length: number;
}

/** The token that this command makes; the same one when it is taken up again. */
function tokenFor({ token, length }: Wanted, derived: Local['derived'], asker: Asker): string {
  return token ?? tokenFrom(derived(asker.source, 0), length);
}

function validFor(
  { usesAllowed, expiresAt }: { usesAllowed?: number | null | undefined; expiresAt?: number | null | undefined },
  now: number,
): Text {
  const accounts = usesAllowed == null ? 'any number of accounts' : counted(usesAllowed, 'account');
  return expiresAt == null ? say`${accounts}, without end` : say`${accounts}, until ${formatTime(expiresAt, now)}`;
}

export default command({
  path: 'token create',
  aliases: ['token new', 'token issue', 'regtok new'],
  summary: 'Make a registration token, with which people can make an account.',
  cautions: [
    'It is sent to you in a direct message. Without limits it is good for any number of accounts, without end.',
    'It is asked for only where the server has `registration_requires_token` on.',
  ],
  input: () =>
    z
      .object({
        ...limitFields(),
        length: count(8, 64).default(usualLength).describe('Characters of the token that is made.'),
        token: secret
          .optional()
          .describe('Your own token; better left out, since it stands in the room until removed.'),
      })
      .check(limitChecks),
  short: { u: 'uses', l: 'length', e: 'expires', n: 'token' },
  examples: [
    ['For one account, within a week', '!admin token create --uses 1 --max-age 7d'],
    ['For a class of thirty, until a day', '!admin token create --uses 30 --expires 2099-01-31'],
  ],
  danger: 'write',
  role: 'admin',
  needs: ['tokens', 'derived', 'clock'],
  makesSecret: ({ token }) => token === undefined,

  async run(input, { tokens, derived, clock }, asker) {
    if (input.token !== undefined && !tokenShape.test(input.token))
      throw new Problem(
        'usage',
        say`A token has at most 64 characters, of ${code('A-Z a-z 0-9 . _ ~ -')} only; nothing was made.`,
      );
    const now = clock();
    const expiresAt = expiryOf(input, now);
    const limits: TokenLimits = {
      ...(input.uses === undefined ? {} : { usesAllowed: input.uses }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
    if (tokens.issue !== undefined) {
      if (input.token !== undefined)
        throw new Problem(
          'unsupported',
          say`This homeserver makes up its tokens itself: leave out ${code('--token')}.`,
        );
      const made = await tokens.issue(limits);
      const words = made.words === undefined ? validFor(limits, now) : say`${made.words}`;
      const remark = made.remark === undefined ? say`` : say` ${made.remark}`;
      return reply.done(say`Made the registration token ${code(masked(made.token))}: ${words}.${remark}`, {
        secrets: [{ label: say`Registration token`, value: made.token, withdraw: () => tokens.remove(made.token) }],
        change: { before: null, after: { token: masked(made.token), ...limits } },
      });
    }
    const token = tokenFor(input, derived, asker);
    if (!(await tokens.create(token, limits)))
      throw new Problem('exists', say`This registration token exists already; nothing was changed.`);
    return reply.done(say`Made the registration token ${code(masked(token))}, for ${validFor(limits, now)}.`, {
      ...(input.token === undefined ? { secrets: [{ label: say`Registration token`, value: token }] } : {}),
      change: { before: null, after: { token: masked(token), ...limits } },
    });
  },

  async settle(input, { tokens, derived }, _since, asker) {
    if (tokens.issue !== undefined) return 'unknown';
    const found = await tokens.get(tokenFor(input, derived, asker));
    return found !== undefined && found.usesAllowed === input.uses ? 'done' : 'not done';
  },

  async complete(input, { tokens, derived, clock }, asker, secretLost) {
    const found = await tokens.get(tokenFor(input, derived, asker));
    if (found === undefined) throw new Problem('not-found', say`The token that was made is gone again.`);
    return reply.done(say`Made the registration token ${code(masked(found.token))}, for ${validFor(found, clock())}.`, {
      ...(secretLost ? { secrets: [{ label: say`Registration token`, value: found.token }] } : {}),
      change: { after: tokenData(found) },
    });
  },
});
