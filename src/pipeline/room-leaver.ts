import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import type { Log } from '../log.ts';
import type { Due } from '../store/store.ts';
import type { Tell } from './tell.ts';
import { placeIn } from './way-back.ts';

/** Brings the bot back to where it stood in a room that it went into to let somebody in. */
export function createRoomLeaver(options: {
  readonly homeserver: Homeserver;
  readonly tell: Tell;
  readonly log: Log;
}): (due: Due) => Promise<void> {
  const { homeserver, tell, log } = options;
  return async (due) => {
    try {
      await homeserver.ownRooms?.goBack(due.roomId, placeIn(due));
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'unavailable' || error.code === 'unknown-outcome') throw error;
      log.warn({ code: error.code, roomId: due.roomId }, 'a room could not be left again');
      tell(
        due,
        say`⚠️ I went into ${code(due.roomId)} to let somebody in, and cannot undo that: ${error.text} Somebody with power there has to take mine away and remove me.`,
      );
    }
  };
}
