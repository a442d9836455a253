import { z } from 'zod';
import { mxc } from '../../core/fields.ts';
import { command } from '../define.ts';
import { fileDeletionJob, fileDeletionPlan, fileDeletionSteps } from './file-deletion.ts';

export default command({
  path: 'media delete-media-list',
  summary: 'Delete the local files of a pasted list.',
  cautions: ['Other servers’ files are left out: `media quarantine` keeps them from everybody.'],
  input: () => z.object({ files: z.array(mxc).describe('One address a line.') }),
  body: { kind: 'list', into: 'files', required: true },
  examples: [
    ['Two files', '!admin media delete-media-list\n```\nmxc://example.org/abcDEF\nmxc://example.org/ghiJKL\n```'],
  ],
  danger: 'confirm',
  role: 'admin',
  needs: ['files', 'media', 'adminRoom'],
  plan: ({ files }, caps) => fileDeletionPlan(files, caps),
  run: async (_input, _caps, _asker, frozen) => fileDeletionJob(frozen?.files ?? []),
  job: fileDeletionSteps,
});
