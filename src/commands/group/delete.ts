import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { commandLine, say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'group delete',
  summary: 'Communities are gone from Synapse: there is nothing to delete any more.',
  input: () => z.object({ group: text.optional().describe('Its id, which is not looked at.') }),
  positionals: ['group'],
  examples: [['What has become of them', '!admin group delete']],
  danger: 'read',
  role: 'viewer',
  needs: [],

  async run() {
    throw new Problem(
      'unsupported',
      say`Synapse has had no communities (groups) since version 1.61; spaces have taken their place.`,
      say`A space is a room: ${commandLine('room delete')} deletes one, ${commandLine('room hierarchy')} shows what is in it.`,
    );
  },
});
