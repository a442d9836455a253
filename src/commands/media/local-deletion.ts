import { z } from 'zod';
import { formatBytes, formatTime } from '../../core/display.ts';
import { count, flag } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, joined, say, type Text } from '../../core/text.ts';
import type { Capabilities, Item, ItemResult, Plan, Result, Step } from '../define.ts';
import { type CutOffInput, cutOff, cutOffFields } from './cut-off.ts';
import { sweep } from './sweep.ts';

/** What says which local files go. */
export const localFields = once(() => ({
  ...cutOffFields(),
  size: count(1).optional().describe('Only files larger than so many KiB.'),
  deleteProfiles: flag.describe('Avatars too, also those in use.'),
}));
export const localLong = { kib: 'size', all: 'deleteProfiles' } as const;

export interface LocalInput extends CutOffInput {
  readonly size?: number | undefined;
  readonly deleteProfiles: boolean;
}

export type LocalPlan = Plan<{ before: number; largerThan: number; keepAvatars: boolean }>;

/** What deleting unused local files would do; how many they are, the server does not tell. */
export function localPlan(input: LocalInput, { adminRoom }: Pick<Capabilities, 'adminRoom'>, now: number): LocalPlan {
  const at = cutOff(input, now);
  if (at === undefined && input.size === undefined)
    throw new Problem(
      'usage',
      say`Say which: by age (${code('--before-days')}, ${code('--before')}, ${code('--before-ts')}), by ${code('--size')}, or both.`,
    );
  const before = at ?? now;
  const largerThan = (input.size ?? 0) * 1024;
  const bounds: Text[] = [
    ...(at === undefined ? [] : [say`last looked at before **${formatTime(before, now)}**`]),
    ...(input.size === undefined ? [] : [say`larger than **${formatBytes(largerThan)}**`]),
  ];
  const serverName = serverOf(adminRoom.botId);
  return {
    title: say`Delete this server's own files ${joined(bounds, ' and ')}; number unknown.`,
    targets: [{ id: serverName }],
    cautions: [
      say`They go from the disk, their thumbnails too; **nothing brings them back**, and there may be no other copy.`,
      ...(at === undefined ? [say`**Of any age**: also what was uploaded a minute ago.`] : []),
      say`It goes by when a file was last looked at, not by when it was uploaded.`,
      input.deleteProfiles
        ? say`**Avatars of people and rooms are deleted too, also those in use.**`
        : say`Avatars of people and rooms are kept.`,
      say`What is in quarantine, or protected from it, stays. It may take minutes.`,
    ],
    words: [serverName],
    frozen: { before, largerThan, keepAvatars: !input.deleteProfiles },
  };
}

const limits = once(() => z.object({ before: z.number(), largerThan: z.number(), keepAvatars: z.boolean() }));

/** The job of a confirmed plan. */
export function localJob(frozen: unknown): Result {
  const data = limits().parse(frozen);
  const heading = say`Deleting this server's own files last looked at before ${formatTime(data.before)}`;
  return { job: { items: [{ target: "this server's own files", data }], heading } };
}

/** The one step of it. */
export function localStep({ data }: Item, { media }: Pick<Capabilities, 'media'>, step: Step): Promise<ItemResult> {
  const { before, largerThan, keepAvatars } = limits().parse(data);
  return sweep(step, () => media.removeUnused(before, largerThan, keepAvatars));
}
