import type { Matrix } from './matrix.ts';

/** The key of a message's content that says which event it was sent for: `<event id>`, or `<event id>#<n>` for a secret. */
export const sentForKey = 'dev.castellan.for';

/** How far back a delivery is looked for. */
const searchedEvents = 500;

/** The bot's messages in that room with a secret for `forEvent`, newest first. A redacted one has lost its mark and is not found. */
export async function findDelivered(
  matrix: Matrix,
  roomId: string,
  forEvent: string,
): Promise<{ eventId: string; n: number }[]> {
  const events = await matrix.history(roomId, searchedEvents);
  return events.flatMap(({ eventId, sender, content }) => {
    const mark = content[sentForKey];
    if (sender !== matrix.userId || typeof mark !== 'string' || !mark.startsWith(`${forEvent}#`)) return [];
    const n = Number(mark.slice(forEvent.length + 1));
    return Number.isSafeInteger(n) ? [{ eventId, n }] : [];
  });
}
