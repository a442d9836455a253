import { z } from 'zod';
import { reply } from '../../core/reply.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'server version',
  flat: ['version'],
  summary: 'The version of the homeserver.',
  input: () => z.object({}),
  examples: [['Which version runs here?', '!admin server version']],
  danger: 'read',
  role: 'viewer',
  needs: ['server', 'backend'],
  async run(_, { server, backend }) {
    const version = await server.version();
    return reply.says(say`${backend} ${version}`, { data: { server_version: version } });
  },
});
