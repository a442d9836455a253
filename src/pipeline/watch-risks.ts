import { joined, say, wordsOf } from '../core/text.ts';
import type { Log } from '../log.ts';
import { type Posting, post } from './post.ts';
import { type RoomRisksOptions, roomRisks } from './room-risks.ts';
import { transactionId } from './transaction-id.ts';

const dayMs = 24 * 60 * 60_000;

export interface WatchRisksOptions extends Posting, RoomRisksOptions {
  readonly clock: () => number;
  readonly stopped: () => boolean;
  /** Resolves early on stop. */
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
}

/** Says in the room, at the start and once a day, what makes it unsafe; the same thing once a day at most. */
export async function watchRisks(options: WatchRisksOptions): Promise<void> {
  const { clock, stopped, pause, log, roomId } = options;
  while (!stopped()) {
    try {
      const risks = await roomRisks(options);
      if (risks.length > 0 && !stopped()) {
        const words = joined(risks, '; ');
        const day = Math.floor(clock() / dayMs);
        log.warn({ roomId }, 'the admin room is less safe than it could be');
        post(
          options,
          say`⚠️ This room is less safe than it could be: ${words}. Whoever can read here reads everything that is asked and answered.`,
          transactionId(roomId, `risks ${day} ${wordsOf(words)}`),
          true,
        );
      }
    } catch {
      if (!stopped()) log.warn({ roomId }, 'the admin room could not be looked at');
    }
    await pause(dayMs);
  }
}
