import { z } from 'zod';
import { atMostOneOf } from '../../core/fields.ts';
import { command } from '../define.ts';
import { cutOffNames, cutOffShort } from './cut-off.ts';
import { localFields, localJob, localLong, localPlan, localStep } from './local-deletion.ts';

export default command({
  path: 'media delete-local',
  summary: "Delete this server's own files by when they were last looked at, by size, or both.",
  cautions: [
    'Where both are given, both must hold; `--size` alone deletes files of any age.',
    '`--delete-profiles` also deletes avatars in use.',
  ],
  input: () => z.object(localFields()).check(atMostOneOf(...cutOffNames)),
  short: cutOffShort,
  long: localLong,
  examples: [['See what it would do', '!admin media delete-local --before-days 365 --size 10240 --dry-run']],
  danger: 'typed',
  role: 'admin',
  needs: ['media', 'adminRoom', 'clock'],
  plan: async (input, caps) => localPlan(input, caps, caps.clock()),
  run: async (_input, _caps, _asker, frozen) => localJob(frozen),
  job: { pace: 'purge', step: (item, _input, caps, _asker, step) => localStep(item, caps, step) },
});
