import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { once } from '../core/once.ts';
import { errorFields, type Log } from '../log.ts';
import type { Matrix, RoomEvent } from './matrix.ts';
import { pause } from './pause.ts';
import { roomEvent } from './room-event.ts';
import { syncFilter } from './sync-filter.ts';
import { missedIn, timelines } from './timeline.ts';

const answer = once(() =>
  z.looseObject({
    next_batch: z.string(),
    rooms: z.looseObject({ join: timelines().optional() }).optional(),
  }),
);

/** A long poll lasts so long at most. */
const pollMs = 20_000;
const retryMs = 1_000;

/**
 * Hands over every event of one room from now on, in order, until `signal`. Resolves once nothing can be missed any
 * more. It is no sync of the bot's: no position is stored.
 */
export async function listenIn(
  matrix: Matrix,
  roomId: string,
  onEvent: (event: RoomEvent) => void,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  const sync = async (query: Readonly<Record<string, string | number>>) =>
    answer().parse(await matrix.request('GET', '/_matrix/client/v3/sync', undefined, { query }));
  const readMessages = (query: Readonly<Record<string, string | number>>) =>
    matrix.request('GET', `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages`, undefined, { query });

  // The position alone; as in `standingIn` the same question would be answered as minutes ago.
  let { next_batch: since } = await sync({ filter: syncFilter([roomId], 0, []), timeout: randomInt(1_000_000) });
  const filter = syncFilter([roomId], 50, []);

  async function hearMore(): Promise<void> {
    const { next_batch, rooms } = await sync({ filter, timeout: pollMs, since });
    const room = rooms?.join?.[roomId];
    const raws = room === undefined ? [] : [...(await missedIn(readMessages, room, since)), ...room.timeline.events];
    since = next_batch;
    for (const event of raws.flatMap((raw) => roomEvent(roomId, raw) ?? [])) {
      try {
        onEvent(event);
      } catch (error) {
        log.warn(errorFields(error), 'an event of a room that is listened to could not be taken');
      }
    }
  }

  const listen = async () => {
    while (!signal.aborted) {
      try {
        await hearMore();
      } catch (error) {
        if (signal.aborted) return;
        log.warn(errorFields(error), 'a room could not be listened to');
        await pause(retryMs, signal);
      }
    }
  };
  void listen();
}
