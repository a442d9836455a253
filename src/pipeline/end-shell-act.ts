import type { InboxRow, Store } from '../store/store.ts';

/** A command line that has not ended after so long was killed; a younger one may be at work beside the bot. */
const longestActMs = 10 * 60_000;

/** Records as unknown how an act ended whose command line was killed in the middle; `now` in epoch ms. */
export function endShellAct(store: Store, row: InboxRow, now: number): void {
  if (now - row.receivedAt < longestActMs) return;
  if (row.state === 'received') store.finish(row.eventId, { outcome: 'refused', outbox: () => [] });
  if (row.state !== 'running') return;
  store.finish(row.eventId, {
    outcome: 'unknown',
    audit: {
      kind: 'outcome',
      actor: row.sender,
      source: row.eventId,
      command: row.command ?? 'the command',
      input: null,
      targets: [],
      outcome: 'unknown',
    },
    outbox: () => [],
  });
}
