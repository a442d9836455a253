import { z } from 'zod';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundToken, masked, tokenCells, tokenData, tokenField } from './token-parts.ts';

export default command({
  path: 'token delete',
  aliases: ['regtok delete'],
  summary: 'Delete a registration token, so that nobody can make an account with it any more.',
  cautions: ['Accounts that were made with it stay.'],
  input: () => z.object({ token: tokenField() }),
  positionals: ['token'],
  examples: [['By its beginning', '!admin token delete Lobb']],
  danger: 'write',
  role: 'admin',
  needs: ['tokens', 'clock'],

  async run({ token }, { tokens, clock }) {
    const found = await foundToken(tokens, token);
    await tokens.remove(found.token);
    const { uses } = tokenCells(found, clock());
    const made = uses === null ? say`` : say`; it had made ${uses} accounts`;
    return reply.done(say`Deleted the registration token ${code(masked(found.token))}${made}.`, {
      change: { before: tokenData(found), after: null },
    });
  },

  async settle({ token }, { tokens }) {
    const all = await tokens.list();
    return all.some((one) => one.token.startsWith(token)) ? 'not done' : 'done';
  },
});
