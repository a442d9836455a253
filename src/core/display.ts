const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const spans = [
  [365 * day, 'year'],
  [day, 'day'],
  [hour, 'hour'],
  [minute, 'minute'],
  [second, 'second'],
] as const;

const named = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** "1 day 12 hours", "5 minutes": the two largest neighbouring units of a span in milliseconds. */
export function formatDuration(ms: number): string {
  const whole = Math.round(Math.abs(ms) / second) * second;
  const at = spans.findIndex(([size]) => whole >= size);
  const large = spans[at];
  if (large === undefined) return 'less than a second';
  const first = named(Math.floor(whole / large[0]), large[1]);
  const small = spans[at + 1];
  const rest = small === undefined ? 0 : Math.floor((whole % large[0]) / small[0]);
  return small === undefined || rest === 0 ? first : `${first} ${named(rest, small[1])}`;
}

/**
 * "2026-01-31 12:00 UTC (3 days ago)"; both in milliseconds since 1970. Without `now` only the moment is said, for words
 * that are kept.
 */
export function formatTime(ms: number, now?: number): string {
  const time = new Date(ms);
  if (Number.isNaN(time.getTime())) return String(ms);
  const moment = `${time.toISOString().slice(0, -8).replace('T', ' ')} UTC`;
  if (now === undefined) return moment;
  const distance = Math.abs(now - ms);
  const span = spans.find(([size]) => distance >= size);
  const about = span === undefined ? 'now' : named(Math.floor(distance / span[0]), span[1]);
  const relative = span === undefined ? about : now >= ms ? `${about} ago` : `in ${about}`;
  return `${moment} (${relative})`;
}

/** "1.4 MiB": 1024-based, like the sizes people type. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let size = bytes;
  let unit = 0;
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}
