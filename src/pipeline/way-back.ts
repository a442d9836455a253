import type { Local } from '../commands/local.ts';
import type { Json } from '../core/json.ts';
import { Problem } from '../core/problem.ts';
import { renderReply } from '../core/render.ts';
import { paragraph } from '../core/reply.ts';
import { code, commandLine, say, type Text } from '../core/text.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import type { Log } from '../log.ts';
import type { Due, Store } from '../store/store.ts';
import { transactionId } from './transaction-id.ts';

/** Longer than two writes and what follows them take, each at its time limit. */
const patienceMs = 3 * 60_000;

const keyOf = (alias: string): string => `alias ${alias}`;

/** Keeps in the store where an alias led, so that it can be put back by whoever comes to it. */
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
  };
}

/** Points an alias that a change left leading nowhere at its old room again, and says so; one that leads somewhere stays. */
export function createAliasRestorer(options: {
  readonly store: Store;
  readonly homeserver: Homeserver;
  /** The admin room, where it is said. */
  readonly roomId: string;
  readonly prefix: string;
  readonly wakeOutbox: () => void;
  readonly log: Log;
}): (due: Due) => Promise<void> {
  const { store, homeserver, roomId, prefix, wakeOutbox, log } = options;

  function tell(due: Due, words: Text): void {
    const { content } = renderReply(
      { outcome: 'done', blocks: [paragraph(words)] },
      { output: 'human', prefix, path: 'alias' },
    );
    const id = transactionId(due.key, String(due.at));
    store.outbox.add({ roomId, type: 'm.room.message', content: { ...content } as Json, transactionId: id });
    wakeOutbox();
  }

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
