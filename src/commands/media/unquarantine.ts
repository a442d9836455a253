import { z } from 'zod';
import { Problem } from '../../core/problem.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import {
  quarantineCheck,
  quarantineFlags,
  quarantineLong,
  quarantineShort,
  quarantineTargets,
} from './quarantine-targets.ts';

export default command({
  path: 'media unquarantine',
  summary: 'Let everybody download a file again, or all files of a room or an account.',
  input: () => z.object(quarantineFlags()).check(quarantineCheck),
  short: quarantineShort,
  long: quarantineLong,
  examples: [['Of an account', '!admin media unquarantine -u alice']],
  danger: 'write',
  role: 'moderator',
  needs: ['files', 'media', 'roomData', 'rooms', 'users', 'adminRoom'],

  async run(input, caps) {
    const { what, files } = await quarantineTargets(input, caps);
    const held = files.filter(({ quarantinedBy }) => quarantinedBy !== null).map(({ mxc }) => mxc);
    if (held.length === 0) throw new Problem('conflict', say`Nothing of ${what} is in quarantine.`);
    return {
      job: {
        items: held.map((target) => ({ target })),
        heading:
          held.length === 1
            ? say`Taking ${code(held[0] ?? '')} out of quarantine`
            : say`Taking ${counted(held.length, 'file')} out of quarantine`,
      },
    };
  },

  job: {
    pace: 'other',
    async step({ target }, _input, { files }) {
      await files.setQuarantined(target, false);
      const after = await files.info(target);
      if (after === undefined) return { state: 'skipped', note: 'gone meanwhile' };
      if (after.quarantinedBy !== null) return { state: 'failed', note: 'the server still quarantines it' };
      return { state: 'done' };
    },
  },
});
