import { z } from 'zod';
import { flag } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';
import { restartCautions } from './restart-cautions.ts';
import { restartReply, toldAfterwards } from './restart-reply.ts';

export default command({
  path: 'server restart',
  summary: 'Restart the homeserver, and wait until it is healthy.',
  cautions: [
    'Runs the command that stands under `host.commands.restart`.',
    'Refused while its files would keep it from starting, unless forced.',
    'What I have written since the last good start is put back if it does not come up.',
  ],
  input: () => z.object({ force: flag.describe('Also with files that are at fault.') }),
  short: { f: 'force' },
  examples: [['What would happen?', '!admin server restart --dry-run']],
  danger: 'confirm',
  role: 'admin',
  needs: ['host', 'server', 'adminRoom', 'jobs'],

  async plan({ force }, caps) {
    const serverName = serverOf(caps.adminRoom.botId);
    return {
      title: say`Restart the homeserver.`,
      targets: [{ id: serverName }],
      cautions: await restartCautions(caps, force),
      frozen: null,
    };
  },

  async run(_, { host, server, adminRoom }, asker) {
    await adminRoom.promise(say`🔄 The homeserver is being restarted now. I say here when it is back.`, asker);
    return restartReply(await host.restart(asker.source), server);
  },
  settle: async (_, { host }, __, asker) => (host.outcomeOf(asker.source) === undefined ? 'not done' : 'done'),
  complete: (_, { host, server }, asker) => toldAfterwards(host.outcomeOf(asker.source), server),
});
