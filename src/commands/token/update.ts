import { z } from 'zod';
import { atMostOneOf } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import {
  expiryOf,
  foundToken,
  limitFields,
  masked,
  stateOf,
  tokenCells,
  tokenData,
  tokenField,
  unlimitedFields,
} from './token-parts.ts';

export default command({
  path: 'token update',
  aliases: ['regtok update'],
  summary: 'Change how many accounts a registration token may make, or until when.',
  input: () =>
    z
      .object({ token: tokenField(), ...limitFields(), ...unlimitedFields() })
      .check(atMostOneOf('maxAge', 'expires', 'noExpiry'), atMostOneOf('uses', 'unlimited')),
  positionals: ['token'],
  short: { u: 'uses', e: 'expires' },
  examples: [['Five more days', '!admin token update Lobb --max-age 5d']],
  danger: 'write',
  role: 'admin',
  needs: ['tokens', 'clock'],

  async run(input, { tokens, clock }) {
    const now = clock();
    const expiresAt = input.noExpiry ? null : expiryOf(input, now);
    const usesAllowed = input.unlimited ? null : input.uses;
    if (expiresAt === undefined && usesAllowed === undefined)
      throw new Problem(
        'usage',
        say`Nothing to change: give ${code('--uses')} or ${code('--unlimited')}, ${code('--max-age')}, ${code('--expires')} or ${code('--no-expiry')}.`,
      );
    const before = await foundToken(tokens, input.token);
    await tokens.update(before.token, {
      ...(usesAllowed === undefined ? {} : { usesAllowed }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    const after = await foundToken(tokens, before.token);
    const [was, is] = [tokenCells(before, now), tokenCells(after, now)];
    const still = stateOf(after, now);
    return reply.done(
      say`The registration token ${code(masked(after.token))}: accounts ${was.uses ?? 'unknown'} → ${is.uses ?? 'unknown'}, expires ${was.expires ?? 'unknown'} → ${is.expires ?? 'unknown'}. It is ${still}.`,
      { change: { before: tokenData(before), after: tokenData(after) } },
    );
  },
  again: 'safe',
});
