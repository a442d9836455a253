import { errorFields, type Log } from '../log.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { Store } from '../store/store.ts';
import { transactionId } from './transaction-id.ts';

export const removalKey = (target: string): string => `redact ${target}`;

/**
 * Plans that a message with a secret is taken out of a room, over a restart too. Never throws: whoever calls has done
 * something already. False where that cannot be written down.
 */
export function planRemoval(
  { store, log, clock }: { readonly store: Store; readonly log: Log; readonly clock: () => number },
  roomId: string,
  target: string,
  afterMs = 0,
): boolean {
  // What is removed at once is not put off by somebody who would leave it for a while.
  const key = afterMs > 0 ? `${removalKey(target)} later` : removalKey(target);
  try {
    store.due.add({ key, kind: 'redact', roomId, target, at: clock() + afterMs });
    return true;
  } catch (error) {
    log.error(errorFields(error), 'that a message with a secret is to be removed could not be written down');
    return false;
  }
}

/** Takes it out now; false where that did not succeed. */
export async function removeNow(
  { matrix, log }: { readonly matrix: Matrix; readonly log: Log },
  roomId: string,
  target: string,
): Promise<boolean> {
  try {
    await matrix.redact(roomId, target, 'It held a secret', transactionId(target, removalKey(target)));
    return true;
  } catch (error) {
    log.error(errorFields(error), 'a message with a secret could not be removed');
    return false;
  }
}
