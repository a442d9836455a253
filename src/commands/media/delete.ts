import { z } from 'zod';
import { eventId, mxc, server, text } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import { command, type Plan } from '../define.ts';
import { cutOffNames, cutOffShort } from './cut-off.ts';
import { fileDeletionJob, fileDeletionPlan, fileDeletionSteps } from './file-deletion.ts';
import { filesOfEvent } from './files-of-event.ts';
import { type LocalPlan, localFields, localJob, localLong, localPlan, localStep } from './local-deletion.ts';
import { ownMxc } from './own-mxc.ts';

const input = () =>
  z
    .object({
      mxc: mxc.optional().describe('One file, by its address.'),
      eventId: eventId.optional().describe('One file, by the message that shows it.'),
      mediaId: text.optional().describe('One file, by its media id.'),
      serverName: server.optional().describe('Ours, as is meant anyway; accepted for the sake of old habits.'),
      ...localFields(),
    })
    .check((payload) => {
      const one = (['mxc', 'eventId', 'mediaId'] as const).filter((name) => payload.value[name] !== undefined);
      const times = cutOffNames.filter((name) => payload.value[name] !== undefined);
      const many = [...times, ...(payload.value.size === undefined ? [] : ['size'])];
      const issue = (message: string) => payload.issues.push({ code: 'custom', input: undefined, message });
      if (one.length + many.length === 0)
        issue(
          'Say which: --mxc, --event-id or --media-id for one file; --before-days, --before, --before-ts or --size for many.',
        );
      else if (one.length > 1) issue('Only one file can be named.');
      else if (one.length > 0 && many.length > 0) issue('One file is named, or many by age and size; not both.');
      else if (one.length > 0 && payload.value.deleteProfiles) issue('--delete-profiles goes with age or size only.');
      else if (times.length > 1) issue('Only one time can be given.');
    });

type Input = z.output<ReturnType<typeof input>>;
const isMany = ({ mxc: address, eventId: event, mediaId }: Input) =>
  address === undefined && event === undefined && mediaId === undefined;

/** What either way freezes. */
const frozenFiles = once(() => z.object({ files: z.array(z.string()) }));
type Frozen = z.output<ReturnType<typeof frozenFiles>> | LocalPlan['frozen'];

export default command({
  path: 'media delete',
  summary: 'Delete one local file, or many by age and size: `delete-media` and `delete-local` in one.',
  cautions: [
    'Where age and size are given, both must hold; `--size` alone deletes files of any age.',
    '`--delete-profiles` also deletes avatars in use.',
  ],
  input,
  short: { i: 'mediaId', s: 'serverName', ...cutOffShort },
  long: localLong,
  examples: [
    ['One file', '!admin media delete -i abcDEF'],
    ['Old ones', '!admin media delete -d 365 --dry-run'],
  ],
  danger: 'confirm',
  raise: (one) => (isMany(one) ? 'typed' : undefined),
  role: 'admin',
  needs: ['files', 'media', 'roomData', 'adminRoom', 'clock'],

  async plan(one, caps): Promise<Plan<Frozen>> {
    const { botId } = caps.adminRoom;
    if (one.serverName !== undefined && one.serverName !== serverOf(botId))
      throw new Problem(
        'usage',
        say`Files of ${code(one.serverName)} cannot be deleted singly; ${code('media quarantine')} keeps one from everybody.`,
      );
    if (isMany(one)) return localPlan(one, caps, caps.clock());
    const files =
      one.eventId !== undefined
        ? await filesOfEvent(caps.roomData, one.eventId)
        : [one.mxc ?? ownMxc(one.mediaId ?? '', botId)];
    return fileDeletionPlan(files, caps);
  },

  async run(one, _caps, _asker, frozen) {
    return isMany(one) ? localJob(frozen) : fileDeletionJob(frozenFiles().parse(frozen).files);
  },
  job: {
    ...fileDeletionSteps,
    step: (item, one, caps, asker, step) =>
      isMany(one) ? localStep(item, caps, step) : fileDeletionSteps.step(item, one, caps, asker, step),
    // Of many, the same call made again tells how it stands.
    settle: async (item, one, caps, since) =>
      isMany(one) ? 'not done' : (fileDeletionSteps.settle?.(item, one, caps, since) ?? 'unknown'),
  },
  again: 'safe',
});
