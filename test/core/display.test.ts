import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatTime } from '../../src/core/display.ts';

const now = Date.UTC(2026, 1, 3, 12, 30);

describe('display', () => {
  it('shows a time in UTC and how long ago it was', () => {
    expect(formatTime(Date.UTC(2026, 0, 31, 12, 0), now)).toBe('2026-01-31 12:00 UTC (3 days ago)');
    expect(formatTime(now - 3_600_000, now)).toBe('2026-02-03 11:30 UTC (1 hour ago)');
    expect(formatTime(now, now)).toBe('2026-02-03 12:30 UTC (now)');
    expect(formatTime(now + 2 * 86_400_000, now)).toBe('2026-02-05 12:30 UTC (in 2 days)');
  });

  it('shows the moment alone in words that are kept, where "3 days ago" would grow old', () => {
    expect(formatTime(Date.UTC(2026, 0, 31, 12))).toBe('2026-01-31 12:00 UTC');
  });

  it('shows a time that no calendar has as the number it is', () => {
    expect(formatTime(1e20, now)).toBe('100000000000000000000');
  });

  it('shows a duration in its two largest units', () => {
    expect(formatDuration(300_000)).toBe('5 minutes');
    expect(formatDuration(36 * 3_600_000)).toBe('1 day 12 hours');
    expect(formatDuration(86_400_000 + 60_000)).toBe('1 day');
    expect(formatDuration(400)).toBe('less than a second');
    expect(formatDuration(59_999)).toBe('1 minute');
  });

  it('shows sizes by 1024', () => {
    expect([0, 1023, 1024, 1_468_006, 3 * 1024 ** 3].map(formatBytes)).toEqual([
      '0 B',
      '1023 B',
      '1.0 KiB',
      '1.4 MiB',
      '3.0 GiB',
    ]);
  });
});
