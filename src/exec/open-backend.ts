import type { Config } from '../config.ts';
import { Problem } from '../core/problem.ts';
import { say } from '../core/text.ts';
import type { Homeserver, Nouns } from '../homeserver/homeserver.ts';
import type { Relay } from '../homeserver/relay/relay.ts';
import { createSynapse } from '../homeserver/synapse/synapse.ts';
import type { Attempt } from '../http.ts';
import type { Log } from '../log.ts';
import { listenIn } from '../matrix/listen-in.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { planRemoval, removalKey, removeNow } from '../pipeline/remove-secret.ts';
import type { Store } from '../store/store.ts';

export interface ShellBackendOptions {
  readonly config: Config;
  readonly matrix: Matrix;
  readonly store: Store;
  readonly log: Log;
  readonly adminRoomNames: () => readonly string[];
  readonly signal: AbortSignal;
  readonly heard: (attempt: Attempt) => void;
}

export interface ShellBackend {
  readonly homeserver: Homeserver & Pick<Nouns, 'users' | 'rooms' | 'media' | 'server'>;
  readonly relay?: Relay;
  /** The bot's own room, by what it is called where nothing is configured. */
  readonly usualRooms: readonly string[];
  /** Resolves when what had to be taken out of a room is out of it, or cannot be. */
  settled(): Promise<unknown>;
}

/** Whoever commands has set the bot up, so that it is in the homeserver's room already. */
const foundWithinMs = 15_000;

/** The backend of the configuration, for a process that does not sync. */
export async function openBackend(options: ShellBackendOptions): Promise<ShellBackend> {
  const { config, matrix, adminRoomNames, signal, heard } = options;
  const { backend } = config;
  if (backend.type === 'relay') return openRelay(options);
  const homeserver = createSynapse({
    baseUrl: backend.url ?? config.homeserverUrl,
    mediaUrl: backend.mediaUrl,
    token: config.accessToken(),
    serverName: matrix.serverName,
    botId: matrix.userId,
    adminRoomNames,
    adminPath: backend.adminPath,
    timeoutMs: backend.timeout,
    allowPrivateAddresses: config.federation.allowPrivateAddresses,
    signal,
    heard,
  });
  const usualRooms = ['admins', 'admin'].map((name) => `#${name}:${matrix.serverName}`);
  return { homeserver, usualRooms, settled: async () => undefined };
}

/** The homeserver's own room, whose events are listened for while the process lasts. */
async function openRelay(options: ShellBackendOptions): Promise<ShellBackend> {
  const { config, store, log, adminRoomNames, signal } = options;
  const { backend } = config;
  if (backend.type !== 'relay') throw new Error('no relay is configured');
  const { createRelay } = await import('../homeserver/relay/relay.ts');
  const { dialect, room, prefix, serverUser, timeout: timeoutMs } = backend;
  const removing = new Set<Promise<void>>();
  const matrix: Matrix = { ...options.matrix, health: () => ({ state: 'well' }) };

  /** Planned too: what cannot be removed now, the bot removes. */
  function redact(roomId: string, target: string): void {
    const planned = planRemoval({ store, log, clock: Date.now }, roomId, target);
    const removed = removeNow({ matrix, log }, roomId, target).then((done) => {
      if (done && planned) store.due.done(removalKey(target));
      removing.delete(removed);
    });
    removing.add(removed);
  }

  let waitsFor: string | undefined;
  const hearing: Log = {
    ...log,
    warn(fields, words) {
      waitsFor = words;
      log.warn(fields, words);
    },
  };
  const relay = await Promise.race([
    createRelay({
      matrix,
      log: hearing,
      dialect,
      room,
      prefix,
      serverUser,
      timeoutMs,
      adminRoomNames,
      redact,
      // The bot that runs beside may be waiting for the answer that would be taken away.
      tidies: false,
      allowPrivateAddresses: config.federation.allowPrivateAddresses,
      signal,
    }),
    notFound(() => waitsFor, signal),
  ]);
  await listenIn(matrix, relay.serverRoom.roomId, relay.see, { log, signal });
  return {
    homeserver: relay,
    relay,
    usualRooms: [`#castellan:${matrix.serverName}`],
    settled: () => Promise.all(removing),
  };
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
