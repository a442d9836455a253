import { z } from 'zod';
import { atMostOneOf, flag, listing, listingShort } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { stateOf, tokenCells, tokenData } from './token-parts.ts';

const sorts = ['token', 'uses', 'expires'] as const;

export default command({
  path: 'token list',
  aliases: ['regtok list'],
  summary: 'The registration tokens, of which only the beginning is shown.',
  input: () =>
    z
      .object({
        ...listing(sorts),
        valid: flag.describe('Only those that can be used.'),
        invalid: flag.describe('Only those that are used up or expired.'),
      })
      .check(atMostOneOf('valid', 'invalid')),
  short: { ...listingShort, v: 'valid', i: 'invalid' },
  examples: [
    ['All of them', '!admin token list'],
    ['What can still be used', '!admin token list --valid'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['tokens', 'clock'],

  async run(input, { tokens, clock }) {
    const now = clock();
    const all = (await tokens.list()).filter((one) => {
      const valid = stateOf(one, now) === 'valid';
      return !(input.valid && !valid) && !(input.invalid && valid);
    });
    const found = all.toSorted((one, other) => {
      if (input.sort === 'uses') return other.completed - one.completed;
      if (input.sort === 'expires') return (one.expiresAt ?? Infinity) - (other.expiresAt ?? Infinity) || 0;
      return one.token < other.token ? -1 : 1;
    });
    if (input.reverse) found.reverse();
    const { rows, page } = cut(found, input);
    const kind = input.valid
      ? 'valid registration token'
      : input.invalid
        ? 'spent registration token'
        : 'registration token';
    return reply.listing(
      {
        columns: [
          { key: 'token', title: 'Token' },
          { key: 'state', title: 'State' },
          { key: 'uses', title: 'Accounts' },
          { key: 'pending', title: 'Under way', align: 'right' },
          { key: 'expires', title: 'Expires' },
        ],
        show: ['token', 'state', 'uses', 'pending', 'expires'],
        rows: rows.map((one) => tokenCells(one, now)),
        data: rows.map(tokenData),
        page,
      },
      say`${counted(found.length, kind)}.`,
    );
  },
});
