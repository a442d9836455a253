import { Problem } from './problem.ts';
import { clipped } from './shown.ts';
import { code, say } from './text.ts';

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const longest = 1000 * 365 * units.d;

/** `30s 5m 12h 7d 2w`, also compound as `1d12h`, in milliseconds; more than 1,000 years is refused. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  const used = parts.map((part) => part[2]);
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text || new Set(used).size !== used.length)
    throw new Problem(
      'usage',
      say`${clipped(text)} is no duration; write one like ${code('30s')}, ${code('12h')}, ${code('7d')} or ${code('1d12h')}.`,
    );
  const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0);
  if (!(total <= longest)) throw new Problem('usage', say`${clipped(text)} is longer than 1,000 years.`);
  return total;
}
