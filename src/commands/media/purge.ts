import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { exactlyOneOf } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { once } from '../../core/once.ts';
import { say } from '../../core/text.ts';
import { command } from '../define.ts';
import { cutOff, cutOffFields, cutOffNames, cutOffShort } from './cut-off.ts';
import { sweep } from './sweep.ts';

const bound = once(() => z.object({ before: z.number() }));

export default command({
  path: 'media purge',
  summary: "Delete the copies of other servers' files that nobody has looked at for long.",
  cautions: ['They are fetched again when somebody looks at them, where their server still has them.'],
  input: () => z.object(cutOffFields()).check(exactlyOneOf(...cutOffNames)),
  short: cutOffShort,
  examples: [['Not looked at for a month', '!admin media purge --before-days 30 --dry-run']],
  danger: 'typed',
  role: 'admin',
  needs: ['media', 'adminRoom', 'clock'],

  async plan(input, { adminRoom, clock }) {
    const now = clock();
    const before = cutOff(input, now) ?? 0;
    const serverName = serverOf(adminRoom.botId);
    return {
      title: say`Delete the copies of other servers' files last looked at before **${formatTime(before, now)}**; number unknown.`,
      targets: [{ id: serverName }],
      cautions: [
        say`This server's own files are not touched. What another server does not have any more is gone for good.`,
        say`It goes by when a file was last looked at. What is in quarantine stays. It may take minutes.`,
      ],
      words: [serverName],
      frozen: { before },
    };
  },

  async run(_input, _caps, _asker, frozen) {
    const data = bound().parse(frozen);
    return {
      job: {
        items: [{ target: "copies of other servers' files", data }],
        heading: say`Deleting the copies of other servers' files last looked at before ${formatTime(data.before)}`,
      },
    };
  },
  job: {
    pace: 'purge',
    step: ({ data }, _input, { media }, _asker, step) =>
      sweep(step, () => media.purgeCache(bound().parse(data).before)),
  },
});
