import { formatTime } from './display.ts';
import { Problem } from './problem.ts';
import { clipped } from './shown.ts';
import { code, say } from './text.ts';

/** Milliseconds below this would be before 1973: they can only be seconds. */
const tooEarly = 100_000_000_000;
const latest = 8_640_000_000_000_000;

/**
 * A moment in ms since 1970: `2026-01-31`, `2026-01-31T12:00[:00][Z|±hh:mm]`, the same with a space for the T,
 * UTC where no zone is given, or a number of ms. Seconds since 1970 are refused.
 */
export function parseTime(text: string): number {
  if (/^\d+$/.test(text)) return epoch(text);
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?\s?(?:[Zz]|([+-])(\d\d):?(\d\d))?)?$/.exec(
      text,
    );
  if (!match)
    throw new Problem(
      'usage',
      say`${clipped(text)} is no time; write ${code('2026-01-31')}, ${code('2026-01-31T12:00')} (UTC, or with ${code('+02:00')} behind it) or milliseconds since 1970.`,
    );
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', sign, zoneHour, zoneMinute] =
    match;
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(local);
  // Date.UTC carries 30 February over into March.
  const exists =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    Number(zoneHour ?? 0) < 24 &&
    Number(zoneMinute ?? 0) < 60;
  if (!exists) throw new Problem('usage', say`There is no such time as ${clipped(text)}.`);
  const ahead = sign ? (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000 * (sign === '-' ? -1 : 1) : 0;
  return local + Number(fraction.padEnd(3, '0')) - ahead;
}

function epoch(text: string): number {
  const ms = Number(text);
  if (ms < tooEarly)
    throw new Problem(
      'usage',
      say`${clipped(text)} would be seconds since 1970; times are milliseconds, or ${code('2026-01-31T12:00')}.`,
      ms * 1000 >= tooEarly
        ? say`For that second write ${code(String(ms * 1000))}, which is ${formatTime(ms * 1000)}.`
        : undefined,
    );
  if (ms > latest) throw new Problem('usage', say`${clipped(text)} is too far in the future.`);
  return ms;
}
