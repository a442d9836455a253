import { z } from 'zod';
import { eventId, exactlyOneOf, mxc } from '../../core/fields.ts';
import { command } from '../define.ts';
import { fileDeletionJob, fileDeletionPlan, fileDeletionSteps } from './file-deletion.ts';
import { filesOfEvent } from './files-of-event.ts';

export default command({
  path: 'media delete-media',
  flat: ['purge-media'],
  summary: 'Delete one local file, by its address or by the message that shows it.',
  cautions: [
    'By a message, its thumbnail goes too. With `purge-media`, the address may stand without a flag, and a list in a block.',
    'The copy of another server’s file cannot be deleted singly: `media quarantine` keeps it from everybody.',
  ],
  input: () =>
    z
      .object({
        file: mxc.optional().describe('Its address.'),
        mxc: mxc.optional().describe('Its address, like mxc://example.org/abcDEF.'),
        eventId: eventId.optional().describe('The message that shows it.'),
        files: z.array(mxc).default([]).describe('One address a line.'),
      })
      .check(exactlyOneOf('file', 'mxc', 'eventId', 'files')),
  positionals: ['file'],
  body: { kind: 'list', into: 'files', required: false },
  examples: [['By its address', '!admin media delete-media --mxc mxc://example.org/abcDEF']],
  danger: 'confirm',
  role: 'admin',
  needs: ['files', 'media', 'roomData', 'adminRoom'],

  async plan({ file, mxc: address, eventId: event, files }, caps) {
    const one = file ?? address;
    const wanted = one !== undefined ? [one] : event !== undefined ? await filesOfEvent(caps.roomData, event) : files;
    return fileDeletionPlan(wanted, caps);
  },
  run: async (_input, _caps, _asker, frozen) => fileDeletionJob(frozen?.files ?? []),
  job: fileDeletionSteps,
});
