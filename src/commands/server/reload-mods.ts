import { serverOf } from '../../core/ids.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';
import restart from './restart.ts';
import { restartCautions } from './restart-cautions.ts';

export default command({
  ...restart,
  input: () => restart.input,
  path: 'server reload-mods',
  summary: 'Load the modules of the homeserver anew, which takes a restart.',
  cautions: ['Synapse loads its modules only when it starts, so this is `server restart`.'],
  examples: [['What would happen?', '!admin server reload-mods --dry-run']],

  async plan({ force }, caps) {
    return {
      title: say`Restart the homeserver, since Synapse loads its modules only when it starts.`,
      targets: [{ id: serverOf(caps.adminRoom.botId) }],
      cautions: await restartCautions(caps, force === true),
      frozen: null,
    };
  },
});
