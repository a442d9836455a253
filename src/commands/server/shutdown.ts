import { z } from 'zod';
import { serverOf } from '../../core/ids.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';
import { restartReply, toldAfterwards } from './restart-reply.ts';

export default command({
  path: 'server shutdown',
  summary: 'Stop the homeserver.',
  cautions: [
    'Runs the command that stands under `host.commands.stop`.',
    'Nobody can bring it back from this room: that takes somebody on its machine.',
  ],
  input: () => z.object({}),
  examples: [['What would happen?', '!admin server shutdown --dry-run']],
  danger: 'typed',
  role: 'admin',
  needs: ['host', 'server', 'adminRoom'],

  async plan(_, { adminRoom }) {
    const serverName = serverOf(adminRoom.botId);
    return {
      title: say`Stop the homeserver ${serverName}.`,
      targets: [{ id: serverName }],
      cautions: [
        say`Everybody is cut off, and stays so.`,
        say`**I cannot start it again**: without it, no command reaches me. Somebody on its machine has to.`,
      ],
      words: [serverName],
      frozen: null,
    };
  },

  async run(_, { host, server, adminRoom }, asker) {
    await adminRoom.promise(
      say`🛑 The homeserver is being stopped now. Only somebody on its machine can start it again; I say here when it is back.`,
      asker,
    );
    return restartReply(await host.stop(asker.source), server);
  },
  settle: async (_, { host }, __, asker) => (host.outcomeOf(asker.source) === undefined ? 'unknown' : 'done'),
  complete: (_, { host, server }, asker) => toldAfterwards(host.outcomeOf(asker.source), server),
});
