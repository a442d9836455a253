import { z } from 'zod';
import { errorFields, type Log } from '../log.ts';
import type { Matrix, RoomEvent } from '../matrix/matrix.ts';
import { pause } from '../matrix/pause.ts';
import { roomEvent } from '../matrix/room-event.ts';

const answer = z.object({
  next_batch: z.string(),
  rooms: z
    .object({
      join: z.record(
        z.string(),
        z.object({ timeline: z.object({ events: z.array(z.unknown()), limited: z.boolean().optional() }) }),
      ),
    })
    .partial()
    .optional(),
});

/** A long poll lasts so long at most. */
const pollMs = 20_000;
/** Of the history, where more has come at once than a sync tells. */
const mostMissed = 200;
const retryMs = 1_000;

/**
 * Hands over every event of one room from now on, in order, until `signal`. Resolves once nothing can be missed any
 * more. It is no sync of the bot's: no position is stored, and events come again in another process.
 */
export async function listenIn(
  matrix: Matrix,
  roomId: string,
  onEvent: (event: RoomEvent) => void,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  const quiet = { types: [], not_types: ['*'] };
  const filter = JSON.stringify({
    presence: quiet,
    account_data: quiet,
    room: { rooms: [roomId], ephemeral: quiet, account_data: quiet, state: { types: [] }, timeline: { limit: 50 } },
  });
  const read = async (since: string | undefined) =>
    answer.parse(
      await matrix.request('GET', '/_matrix/client/v3/sync', undefined, {
        query: { filter, timeout: since === undefined ? 0 : pollMs, since },
      }),
    );

  const eventsIn = ({ rooms }: z.output<typeof answer>) => {
    const { events = [], limited = false } = rooms?.join?.[roomId]?.timeline ?? {};
    return { events: events.flatMap((raw) => roomEvent(roomId, raw) ?? []), limited };
  };
  const known = new Set<string>();
  const handOver = (event: RoomEvent) => {
    if (known.has(event.eventId)) return;
    known.add(event.eventId);
    try {
      onEvent(event);
    } catch (error) {
      log.warn(errorFields(error), 'an event of the homeserver’s own room could not be taken');
    }
  };

  const first = await read(undefined);
  for (const { eventId } of eventsIn(first).events) known.add(eventId);
  let since = first.next_batch;
  const listen = async () => {
    while (!signal.aborted) {
      try {
        const next = await read(since);
        const { events, limited } = eventsIn(next);
        const missed = limited ? await matrix.history(roomId, mostMissed, ({ eventId }) => known.has(eventId)) : [];
        for (const event of [...missed.toReversed(), ...events]) handOver(event);
        since = next.next_batch;
      } catch (error) {
        if (signal.aborted) return;
        log.warn(errorFields(error), "the homeserver's own room could not be listened to");
        await pause(retryMs, signal);
      }
    }
  };
  void listen();
}
