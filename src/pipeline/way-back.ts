import { z } from 'zod';
import type { Local } from '../commands/local.ts';
import { once } from '../core/once.ts';
import { Problem } from '../core/problem.ts';
import { code, commandLine, say } from '../core/text.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import type { OwnPlace } from '../homeserver/own-rooms.ts';
import type { Log } from '../log.ts';
import type { Due, Store } from '../store/store.ts';
import type { Tell } from './tell.ts';

/** Longer than two writes and what follows them take, each at its time limit. */
const patienceMs = 3 * 60_000;

const keyOf = (alias: string): string => `alias ${alias}`;
const roomKeyOf = (roomId: string): string => `room ${roomId}`;

const place = once(() => z.object({ joined: z.boolean(), level: z.number().nullable() }));

/** Where the bot stood in the room that is to be left. */
export const placeIn = ({ target }: Due): OwnPlace => place().parse(JSON.parse(target));

/** Keeps in the store how things stood, so that they can be put back by whoever comes to it. */
export function createWayBack(options: {
  readonly store: Store;
  readonly clock: () => number;
  readonly wake: () => void;
}): Local['wayBack'] {
  const { due } = options.store;
  return {
    keepAlias(alias, roomId) {
      due.add({ key: keyOf(alias), kind: 'restore-alias', roomId, target: alias, at: options.clock() + patienceMs });
      options.wake();
    },
    ofAlias: (alias) => due.get(keyOf(alias))?.roomId,
    forgetAlias: (alias) => due.done(keyOf(alias)),
    keepRoom(roomId, before) {
      const at = options.clock() + patienceMs;
      due.add({ key: roomKeyOf(roomId), kind: 'leave-room', roomId, target: JSON.stringify(before), at });
      options.wake();
    },
    ofRoom(roomId) {
      const kept = due.get(roomKeyOf(roomId));
      return kept && placeIn(kept);
    },
    forgetRoom: (roomId) => due.done(roomKeyOf(roomId)),
  };
}

/** Points an alias that a change left leading nowhere at its old room again, and says so; one that leads somewhere stays. */
export function createAliasRestorer(options: {
  readonly homeserver: Homeserver;
  readonly tell: Tell;
  readonly log: Log;
}): (due: Due) => Promise<void> {
  const { homeserver, tell, log } = options;

  return async (due) => {
    const { target: alias, roomId: oldRoomId } = due;
    const { directory, serverName } = homeserver;
    if (directory === undefined || (await directory.find(alias)) !== undefined) return;
    try {
      await directory.add(alias, oldRoomId, [serverName]);
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'unavailable' || error.code === 'unknown-outcome') throw error;
      if (error.code === 'exists') return;
      log.warn({ code: error.code }, 'an alias could not be put back');
      return tell(
        due,
        say`⚠️ ${code(alias)} leads nowhere since a change of it was cut short, and I could not put it back: ${error.text} It led to ${code(oldRoomId)}; ${commandLine(`room alias set ${oldRoomId} ${alias}`)} sets it.`,
      );
    }
    tell(
      due,
      say`↩️ A change of ${code(alias)} was cut short. It led nowhere, and leads to ${code(oldRoomId)} again, as before.`,
    );
  };
}
