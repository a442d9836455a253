import { z } from 'zod';
import { flag, secret } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import {
  noSecretInPath,
  readRequest,
  requestFields,
  requestPlaces,
  requestPlan,
  requestReply,
  requestShort,
} from '../raw/request-parts.ts';

const base = '/_matrix';

export default command({
  path: 'matrix raw',
  summary: 'Send any request to the client API, as the bot or with a token of your own.',
  cautions: [
    'A path is written without what all of them begin with: `client/v3/account/whoami`. Tokens in the answer are masked.',
    'A token that you type is removed from the room with its message, and kept nowhere.',
  ],
  input: () =>
    z
      .object({
        ...requestFields(),
        token: secret.optional().describe('Whose token it is sent with; the bot’s own unless told.'),
        prompt: flag.describe('Ask for the token; on a terminal only.'),
      })
      .check(noSecretInPath),
  positionals: requestPlaces,
  body: { kind: 'text', into: 'body', required: false },
  short: { ...requestShort, t: 'token', p: 'prompt' },
  examples: [['Who am I?', '!admin matrix raw client/v3/account/whoami']],
  danger: 'read',
  raise: (input) => (readRequest(input, base).method === 'GET' ? undefined : 'confirm'),
  role: 'owner',
  audited: true,
  needs: ['raw'],

  async plan(input) {
    refusePrompt(input);
    return requestPlan(readRequest(input, base), input.token === undefined ? 'as the bot' : 'with the token you gave');
  },

  async run(input, { raw }) {
    refusePrompt(input);
    const order = readRequest(input, base);
    const answer = await raw.send({ ...order, ...(input.token === undefined ? {} : { token: input.token }) });
    return requestReply(order, answer);
  },
});

function refusePrompt({ prompt }: { readonly prompt: boolean }): void {
  if (prompt)
    throw new Problem('usage', say`I can ask for a token on a terminal only; here, give it with ${code('--token')}.`);
}
