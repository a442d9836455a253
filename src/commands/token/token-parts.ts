import type { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { atMostOneOf, count, duration, flag, secret, time } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import type { Cell } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { RegistrationToken, Tokens } from '../../homeserver/tokens.ts';

/** So much of a token is shown: enough to tell it from others, and not to register with it. */
const shownLength = 4;

/** "abcd…": whoever has the whole token may make an account. */
export function masked(token: string): string {
  return `${token.slice(0, Math.min(shownLength, Math.floor(token.length / 2)))}…`;
}

/** A token of that length from a derived secret; what begins with a dash would be read as a flag. */
export function tokenFrom(derived: string, length: number): string {
  return derived.replace(/^[-_]+/, '').slice(0, length);
}

export const tokenField = once(() => secret.describe('The token; its beginning is enough where no other begins so.'));

/** The one token that begins so. Throws Problem where there is none, or more than one. */
export async function foundToken(tokens: Tokens, beginning: string): Promise<RegistrationToken> {
  const typed = beginning.replace(/…$|\.{3}$/, '');
  const all = await tokens.list();
  const exact = all.find(({ token }) => token === typed);
  const fitting = exact === undefined ? all.filter(({ token }) => token.startsWith(typed)) : [exact];
  const [only, ...others] = fitting;
  const hint = say`${commandLine('token list')} shows how they begin.`;
  if (only === undefined) throw new Problem('not-found', say`There is no such registration token.`, hint);
  if (others.length > 0)
    throw new Problem('usage', say`${fitting.length} registration tokens begin so: type more of it.`, hint);
  return only;
}

/** How a token stands, in a word. */
export function stateOf({ usesAllowed, pending, completed, expiresAt }: RegistrationToken, now: number): string {
  if (expiresAt !== undefined && expiresAt <= now) return 'expired';
  if (usesAllowed !== undefined && pending + completed >= usesAllowed) return 'used up';
  return 'valid';
}

/** What is shown of a token. */
export function tokenCells(one: RegistrationToken, now: number) {
  if (one.words !== undefined)
    return { token: masked(one.token), state: one.words, uses: null, pending: null, expires: null };
  return {
    token: masked(one.token),
    state: stateOf(one, now),
    uses: `${one.completed} of ${one.usesAllowed ?? 'any number'}`,
    pending: one.pending,
    expires: one.expiresAt === undefined ? 'never' : formatTime(one.expiresAt, now),
  } satisfies Record<string, Cell>;
}

/** The data of a token as the server gives them, but for the token itself. */
export function tokenData(one: RegistrationToken) {
  return {
    token: masked(one.token),
    uses_allowed: one.usesAllowed ?? null,
    pending: one.pending,
    completed: one.completed,
    expiry_time: one.expiresAt ?? null,
    ...(one.words === undefined ? {} : { words: one.words }),
  };
}

/** The flags for the limits of a token. */
export const limitFields = once(() => ({
  uses: count(1).optional().describe('How many accounts it may make.'),
  maxAge: duration.optional().describe('How long it is valid from now on.'),
  expires: time.optional().describe('Until when it is valid.'),
}));

export const unlimitedFields = once(() => ({
  unlimited: flag.describe('It may make any number of accounts.'),
  noExpiry: flag.describe('It never expires.'),
}));

export const limitChecks = atMostOneOf('maxAge', 'expires');

type Limits = z.output<z.ZodObject<ReturnType<typeof limitFields>>>;

/** When a token with these limits expires, in epoch ms. Throws Problem for a time that is over. */
export function expiryOf({ maxAge, expires }: Pick<Limits, 'maxAge' | 'expires'>, now: number): number | undefined {
  if (maxAge !== undefined) {
    if (maxAge === 0) throw new Problem('usage', say`${code('--max-age')} must be longer than nothing.`);
    return now + maxAge;
  }
  if (expires !== undefined && expires <= now)
    throw new Problem('usage', say`${code('--expires')} is over already: ${formatTime(expires, now)}.`);
  return expires;
}
