import { Problem } from '../core/problem.ts';
import { say } from '../core/text.ts';
import { type Backend, createHomeserver, type HomeserverOptions } from '../homeserver/create-homeserver.ts';
import type { Log } from '../log.ts';
import { listenIn } from '../matrix/listen-in.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { planRemoval, removalKey, removeNow } from '../pipeline/remove-secret.ts';
import type { Store } from '../store/store.ts';

export interface ShellBackendOptions extends Omit<HomeserverOptions, 'redact' | 'redactLater' | 'tidies'> {
  readonly store: Store;
}

export interface ShellBackend extends Backend {
  /** Resolves when what had to be taken out of a room is out of it, or cannot be. */
  settled(): Promise<unknown>;
}

/** Whoever commands has set the bot up, so that it is in the homeserver's room already. */
const foundWithinMs = 15_000;

/** The backend of the configuration for a process that does not sync, beside the bot that may run. */
export async function openBackend(options: ShellBackendOptions): Promise<ShellBackend> {
  const { config, store, log, signal } = options;
  const removing = new Set<Promise<void>>();
  const settled = () => Promise.all(removing);

  /** Planned too: what cannot be removed now, the bot removes. */
  function redact(roomId: string, target: string): void {
    const planned = planRemoval({ store, log, clock: Date.now }, roomId, target);
    const removed = removeNow({ matrix: options.matrix, log }, roomId, target).then((done) => {
      if (done && planned) store.due.done(removalKey(target));
      removing.delete(removed);
    });
    removing.add(removed);
  }

  // The bot that runs beside may be waiting for the answer that would be taken away.
  const shared = { ...options, redact, tidies: false };
  if (config.backend.type === 'synapse') return { ...(await createHomeserver(shared)), settled };

  let waitsFor: string | undefined;
  const hearing: Log = {
    ...log,
    warn(fields, words) {
      waitsFor = words;
      log.warn(fields, words);
    },
  };
  // Its events are listened for while the process lasts.
  const matrix: Matrix = { ...options.matrix, health: () => ({ state: 'well' }) };
  const backend = await Promise.race([
    createHomeserver({ ...shared, matrix, log: hearing }),
    notFound(() => waitsFor, signal),
  ]);
  for (const roomId of backend.rooms) await listenIn(matrix, roomId, backend.see, { log, signal });
  return { ...backend, settled };
}

function notFound(why: () => string | undefined, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => {
      const what = say`I could not come into the homeserver's own admin room, through which it is driven`;
      reject(new Problem('unavailable', say`${what}; ${why() ?? 'it did not answer'}.`));
    }, foundWithinMs).unref();
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}
