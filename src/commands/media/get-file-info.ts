import { z } from 'zod';
import { formatBytes, formatTime } from '../../core/display.ts';
import { mxc } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { command } from '../define.ts';
import { foundFile } from './found-file.ts';

export default command({
  path: 'media get-file-info',
  aliases: ['media details', 'media show'],
  summary: 'What the server knows of one file.',
  input: () => z.object({ mxc: mxc.describe('Its address, like mxc://example.org/abcDEF.') }),
  positionals: ['mxc'],
  examples: [['One file', '!admin media get-file-info mxc://example.org/abcDEF']],
  danger: 'read',
  role: 'viewer',
  needs: ['files', 'clock'],

  async run({ mxc: address }, { files, clock }) {
    const found = await foundFile(files, address);
    const now = clock();
    const when = (ms: number | undefined) => (ms === undefined ? undefined : formatTime(ms, now));
    return reply.fields(
      [
        ['File', found.mxc],
        ['Name', found.name],
        ['Type', found.type],
        ['Size', found.size === undefined ? undefined : formatBytes(found.size)],
        ['Uploaded by', found.uploader],
        ['Uploaded', when(found.createdAt)],
        ['Last looked at', when(found.lastAccessAt)],
        ['Quarantined by', found.quarantinedBy],
        ['Protected', found.protected ? 'yes' : 'no'],
      ],
      found.raw,
    );
  },
});
