import { formatTime } from '../../core/display.ts';
import { joined, say, type Text } from '../../core/text.ts';
import type { Device } from '../../homeserver/users.ts';

/** When a device was last seen, as far as is known: "3 days ago", never "never". */
export function lastSeen({ dehydrated, lastSeenAt }: Device, now: number): string {
  if (dehydrated) return 'dehydrated, no session';
  return lastSeenAt === undefined ? 'no record' : formatTime(lastSeenAt, now);
}

/** "Alice's phone, last seen 2026-01-31 12:00 UTC (3 days ago)" */
export function deviceNote(device: Device, now: number): Text {
  const { displayName, dehydrated } = device;
  const seen = dehydrated ? say`dehydrated, no session` : say`last seen: ${lastSeen(device, now)}`;
  return joined([...(displayName === null || displayName === '' ? [] : [say`${displayName}`]), seen]);
}
