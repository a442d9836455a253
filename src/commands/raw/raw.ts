import { z } from 'zod';
import { command } from '../define.ts';
import {
  noSecretInPath,
  readRequest,
  requestFields,
  requestPlaces,
  requestPlan,
  requestReply,
  requestShort,
} from './request-parts.ts';

const base = '/_synapse/admin';

export default command({
  path: 'raw',
  summary: 'Send any request to the admin API, for what no command does.',
  cautions: [
    'A path is written without what all of them begin with: `v2/users`. Tokens and passwords in the answer are masked.',
    'What I never do to my own account and this room, I do not do this way either.',
  ],
  input: () => z.object(requestFields()).check(noSecretInPath),
  positionals: requestPlaces,
  body: { kind: 'text', into: 'body', required: false },
  short: requestShort,
  examples: [
    ['Read', '!admin raw GET v1/server_version'],
    ['The same', '!admin raw v1/server_version -m GET'],
    ['Change', '!admin raw PUT v2/users/@bob:example.org --dry-run\n```\n{"displayname": "Bob"}\n```'],
  ],
  danger: 'read',
  raise: (input) => (readRequest(input, base).method === 'GET' ? undefined : 'confirm'),
  role: 'owner',
  audited: true,
  needs: ['raw'],

  plan: async (input) => requestPlan(readRequest(input, base), 'to the homeserver'),

  async run(input, { raw }) {
    const order = readRequest(input, base);
    return requestReply(order, await raw.send(order));
  },
});
