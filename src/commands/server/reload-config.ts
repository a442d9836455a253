import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, joined, say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'server reload-config',
  summary: 'Let the homeserver read its files again, without a restart.',
  cautions: [
    'Synapse rereads only its log configuration, TLS certificates and the `caches` section; all else takes a restart.',
    'It rereads no file that was not there when it started.',
  ],
  input: () =>
    z.object({
      path: text.optional().describe('One of the files under `host.configFiles`, to be looked at first.'),
    }),
  positionals: ['path'],
  examples: [['Read the files again', '!admin server reload-config']],
  danger: 'write',
  role: 'admin',
  needs: ['host'],

  async run({ path }, { host }) {
    const { files } = await host.config();
    if (path !== undefined && !files.includes(path)) {
      throw new Problem(
        'usage',
        say`${code(path)} is none of the homeserver’s files.`,
        say`They are ${joined(files.map(code))}.`,
      );
    }
    const { faults } = await host.check();
    if (faults.length > 0)
      throw new Problem('conflict', say`Nothing was reloaded, since the files are at fault. ${joined(faults, ' ')}`);
    await host.reload();
    return reply.done(
      say`The homeserver was told to read its files again. Synapse takes over its log configuration, TLS certificates and ${code('caches')}; all else takes ${commandLine('server restart')}.`,
    );
  },
  again: 'safe',
});
