import type { Config } from '../config.ts';
import { code, say, type Text } from '../core/text.ts';
import type { Attempt } from '../http.ts';
import type { Log } from '../log.ts';
import type { Matrix, RoomEvent } from '../matrix/matrix.ts';
import type { Homeserver, Nouns } from './homeserver.ts';
import { withHarmlessMessages } from './relay/harmless-messages.ts';
import type { Relay } from './relay/relay.ts';
import { createSynapse } from './synapse/synapse.ts';

export interface HomeserverOptions {
  readonly config: Config;
  readonly matrix: Matrix;
  readonly log: Log;
  /** Every alias and id of the admin room, as they are at the moment of asking. */
  readonly adminRoomNames: () => readonly string[];
  /** Takes a message with a secret out of a room, over a restart too. */
  readonly redact: (roomId: string, eventId: string) => void;
  readonly redactLater?: (roomId: string, eventId: string, afterMs: number) => void;
  /** False: another process with the bot's account runs beside this one (`RelayOptions.tidies`). */
  readonly tidies?: boolean;
  /** Hears how each call of the admin API ended. */
  readonly heard?: (attempt: Attempt) => void;
  readonly signal: AbortSignal;
}

/** A homeserver by one of the ways to it, and what that way asks of the rest of the bot. */
export interface Backend {
  readonly homeserver: Homeserver & Pick<Nouns, 'users' | 'rooms' | 'media' | 'server'>;
  /** For all that is not sent by the backend itself. */
  readonly matrix: Matrix;
  /** The admin room where none is configured; `undefined`: the usual ones. */
  readonly adminRoom: string | undefined;
  /** Rooms whose events `see` has to be given. */
  readonly rooms: readonly string[];
  see(event: RoomEvent): void;
  /** Why this room may not be the bot's admin room, on this backend. */
  roomFault(roomId: string): Text | undefined;
  /** Of a relay, for `bot doctor`. */
  readonly relay?: Relay;
}

/** Where the homeserver's admin API is, without a trailing slash. */
export const adminUrl = ({ backend, homeserverUrl }: Config): string =>
  (backend.type === 'synapse' ? backend.url : undefined) ?? homeserverUrl;

/** The backend that the configuration names; waits for the server's own room on a relay. */
export async function createHomeserver(options: HomeserverOptions): Promise<Backend> {
  const { config, matrix, adminRoomNames, signal, heard } = options;
  const { backend } = config;
  const { allowPrivateAddresses } = config.federation;
  if (backend.type === 'relay') {
    const { dialect, room, prefix, serverUser, timeout: timeoutMs } = backend;
    const { log, redact, redactLater, tidies } = options;
    const { createRelay } = await import('./relay/relay.ts');
    return overRelay(
      options,
      await createRelay({
        matrix,
        log,
        dialect,
        room,
        prefix,
        serverUser,
        timeoutMs,
        adminRoomNames,
        redact,
        redactLater,
        ...(tidies === undefined ? {} : { tidies }),
        allowPrivateAddresses,
        signal,
      }),
    );
  }
  const homeserver = createSynapse({
    baseUrl: adminUrl(config),
    mediaUrl: backend.mediaUrl,
    token: config.accessToken(),
    serverName: matrix.serverName,
    botId: matrix.userId,
    adminRoomNames,
    adminPath: backend.adminPath,
    timeoutMs: backend.timeout,
    allowPrivateAddresses,
    signal,
    ...(heard === undefined ? {} : { heard }),
  });
  const nothing = () => undefined;
  return { homeserver, matrix, adminRoom: undefined, rooms: [], see: nothing, roomFault: nothing };
}

function overRelay({ config, matrix }: HomeserverOptions, relay: Relay): Backend {
  const { roomId } = relay.serverRoom;
  const beginnings = [relay.nativePrefix, relay.serverUser];
  return {
    homeserver: relay,
    relay,
    matrix: withHarmlessMessages(matrix, { roomId, beginnings }),
    adminRoom: `#castellan:${matrix.serverName}`,
    rooms: [roomId],
    see: relay.see,
    roomFault(asked) {
      const ours = config.prefix.toLowerCase();
      const both = asked === roomId && beginnings.some((beginning) => ours.startsWith(beginning.toLowerCase()));
      return both
        ? say`it is the homeserver's own admin room, and there the homeserver itself would answer ${code(config.prefix)} too; take another room (${code(`#castellan:${matrix.serverName}`)}) or another ${code('prefix')}`
        : undefined;
    },
  };
}
