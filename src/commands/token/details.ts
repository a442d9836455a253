import { z } from 'zod';
import { reply } from '../../core/reply.ts';
import { command } from '../define.ts';
import { foundToken, tokenCells, tokenData, tokenField } from './token-parts.ts';

export default command({
  path: 'token details',
  aliases: ['token show', 'regtok details'],
  summary: 'How far a registration token is used up, and until when it is valid.',
  input: () => z.object({ token: tokenField() }),
  positionals: ['token'],
  examples: [['By its beginning', '!admin token details Lobb']],
  danger: 'read',
  role: 'viewer',
  needs: ['tokens', 'clock'],

  async run({ token }, { tokens, clock }) {
    const found = await foundToken(tokens, token);
    const cells = tokenCells(found, clock());
    return reply.fields(
      [
        ['Token', cells.token],
        ['State', cells.state],
        ['Accounts made', cells.uses],
        ['Registrations under way', cells.pending],
        ['Expires', cells.expires],
      ],
      tokenData(found),
    );
  },
});
