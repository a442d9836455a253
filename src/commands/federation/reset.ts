import { z } from 'zod';
import { server } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundDestination } from './found-destination.ts';

export default command({
  path: 'federation reset',
  summary: 'Try a server again now that could not be reached, instead of waiting.',
  input: () => z.object({ server: server.describe('Its name.') }),
  positionals: ['server'],
  examples: [['It is back', '!admin federation reset matrix.org']],
  danger: 'write',
  role: 'moderator',
  needs: ['federation'],

  async run({ server: name }, { federation }) {
    const { failingSince } = await foundDestination(federation, name);
    const was = await federation.reset(name);
    if (!was) return reply.says(say`${code(name)} is not waited for: nothing keeps it from being sent to.`);
    return reply.done(say`${code(name)} is tried again with the next thing there is to send.`, {
      change: { before: { failing_since: failingSince ?? null } },
    });
  },
  again: 'safe',
});
