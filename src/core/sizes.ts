import { Problem } from './problem.ts';
import { clipped } from './shown.ts';
import { code, say } from './text.ts';

const letters = ['', 'K', 'M', 'G', 'T'] as const;

/** `500K`, `20M`, `1G` (1024-based) or plain bytes, in bytes. */
export function parseSize(text: string): number {
  const match = /^(\d+)([KMGT]?)(?:i?B)?$/i.exec(text);
  const bytes = match
    ? Number(match[1]) * 1024 ** letters.indexOf((match[2] ?? '').toUpperCase() as (typeof letters)[number])
    : Number.NaN;
  if (Number.isNaN(bytes))
    throw new Problem(
      'usage',
      say`${clipped(text)} is no size; write one like ${code('500K')}, ${code('20M')} or ${code('1G')}.`,
    );
  if (!Number.isSafeInteger(bytes)) throw new Problem('usage', say`${clipped(text)} is too large.`);
  return bytes;
}
