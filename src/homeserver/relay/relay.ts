import { commandLine, say, type Text } from '../../core/text.ts';
import { errorFields, type Log } from '../../log.ts';
import type { Matrix, RoomEvent } from '../../matrix/matrix.ts';
import type { Homeserver, Nouns } from '../homeserver.ts';
import { createWellKnown } from '../public/well-known.ts';
import { createCommander } from './commander.ts';
import { conduit } from './conduit.ts';
import { continuwuity } from './continuwuity.ts';
import { createRelayDeletions } from './deletions.ts';
import { type Diagnosis, diagnoseSilence } from './diagnose.ts';
import type { Dialect } from './dialect.ts';
import { createRelayDirectory } from './directory.ts';
import { createRelayExtras } from './extras/relay-extras.ts';
import { createRelayFederation } from './federation.ts';
import { createRelayFiles, createRelayMedia } from './files.ts';
import { lackingNoun, whatItHas } from './lacking.ts';
import { createRelayNative } from './native.ts';
import { createRelayNeverList } from './never-list.ts';
import { palpo } from './palpo.ts';
import type { RelayParts } from './parts.ts';
import { createRelayPuppets } from './puppets.ts';
import { createRecall } from './recall.ts';
import { createRelayRoomData } from './room-data.ts';
import { createRelayRooms } from './rooms.ts';
import { createSecretWatch } from './secret-watch.ts';
import { createRelayServer } from './server.ts';
import { findServerRoom, type ServerRoom } from './server-room.ts';
import { createRelayTokens } from './tokens.ts';
import { createTransport } from './transport.ts';
import { tuwunel } from './tuwunel.ts';
import { createRelayAppservices, createRelayUpkeep } from './upkeep.ts';
import { createRelayUsers } from './users.ts';

const dialects = { conduit, continuwuity, tuwunel, palpo } satisfies Record<string, (serverName: string) => Dialect>;

export type DialectName = keyof typeof dialects;

export interface RelayOptions {
  readonly matrix: Matrix;
  readonly log: Log;
  readonly dialect: DialectName;
  /** The server's own admin room, by alias or id; `#admins:<server>` unless told. */
  readonly room?: string | undefined;
  /** What a command begins with there; the dialect's usual unless told. */
  readonly prefix?: string | undefined;
  /** Who answers there; the dialect's usual unless told. */
  readonly serverUser?: string | undefined;
  /** Milliseconds for one answer. */
  readonly timeoutMs: number;
  /** Ids and aliases of the bot's own admin room, as they are at the moment of asking. */
  readonly adminRoomNames: () => readonly string[];
  /** Takes a message with a secret out of the server's room, also after a restart of the bot. */
  readonly redact: (roomId: string, eventId: string) => void;
  /** The same after so many milliseconds. Left out: what other processes ask there is not looked after. */
  readonly redactLater?: ((roomId: string, eventId: string, afterMs: number) => void) | undefined;
  /** False: secrets that an earlier process has left in that room are left there. */
  readonly tidies?: boolean;
  readonly allowPrivateAddresses?: boolean;
  readonly signal?: AbortSignal;
}

/** A homeserver that is driven through its own admin room. */
export type Relay = Homeserver & RelayNouns & RelayRoom;

/** The room behind it, for whoever puts the bot together. */
export interface RelayRoom {
  readonly serverRoom: ServerRoom;
  /** Who answers there. */
  readonly serverUser: string;
  /** What a command begins with in the server's room. */
  readonly nativePrefix: string;
  /** Every event of the server's room, in order. */
  see(event: RoomEvent): void;
  /** Why the server is silent there. Sends one harmless command. */
  diagnose(): Promise<Diagnosis>;
}

/** What every dialect has something of. */
type RelayNouns = Pick<
  Nouns,
  | 'users'
  | 'rooms'
  | 'roomData'
  | 'directory'
  | 'federation'
  | 'files'
  | 'media'
  | 'puppets'
  | 'server'
  | 'upkeep'
  | 'appservices'
  | 'extras'
  | 'native'
  | 'wellKnown'
  | 'deletions'
  | 'ownRooms'
  | 'accounts'
>;

/** Of the room's history, for secrets that an earlier process has left there. */
const lookedBack = 200;
/** So long after the time limit of an answer no process waits for it any more. */
const nobodyWaitsMs = 60_000;
/** An answer read within this time is not asked for again. */
const recalledMs = 1_000;

/** Comes into the server's room, waits for it where it has to, and makes the backend over it. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { matrix, log, signal, timeoutMs, room: configured, redactLater } = options;
  const { serverName } = matrix;
  const dialect = dialects[options.dialect](serverName);
  const serverUser = options.serverUser ?? `@${dialect.serverLocalpart}:${serverName}`;
  const prefix = options.prefix ?? dialect.prefix(serverUser);
  const room = await findServerRoom({
    matrix,
    log,
    room: configured,
    serverUser,
    // Palpo makes no such room: an operator does.
    creator: options.dialect === 'palpo' ? undefined : serverUser,
    ...(signal ? { signal } : {}),
  });
  const { roomId } = room;
  const memory = createRecall(recalledMs, () => performance.now());
  const seen = { matrix, roomId, room: configured, serverUser };
  const transport = createTransport({
    matrix,
    roomId: () => roomId,
    serverUser,
    prefix,
    answers: dialect.answers,
    splits: dialect.splits,
    timeoutMs,
    log,
    signal,
    whySilent: async (commandId) => (await diagnoseSilence({ ...seen, unanswered: () => commandId })).words,
  });
  const watch = createSecretWatch({
    botId: matrix.userId,
    serverUser,
    prefix,
    answers: dialect.answers,
    remove: (eventId) => options.redact(roomId, eventId),
    removeLater: redactLater && ((eventId) => redactLater(roomId, eventId, timeoutMs + nobodyWaitsMs)),
  });
  const commander = createCommander({
    transport,
    dialect,
    prefix,
    never: createRelayNeverList({
      botId: matrix.userId,
      serverUser,
      roomNames: () => [
        ...options.adminRoomNames(),
        roomId,
        `#admins:${serverName}`,
        ...(configured ? [configured] : []),
      ],
      admins: room.admins,
    }),
    remove(eventId) {
      watch.owns(eventId);
      options.redact(roomId, eventId);
    },
    owes: watch.owes,
    mayRemoveAnswers: room.mayRedact,
    changed: memory.forget,
  });
  const parts: RelayParts = {
    matrix,
    dialect,
    commander,
    room,
    serverUser,
    recall: memory.recall,
    clock: Date.now,
  };
  const tokens = createRelayTokens(parts);
  if (options.tidies !== false) await removeWhatIsLeft();

  /** An earlier process may have been killed between a command with a secret and its answer. */
  async function removeWhatIsLeft(): Promise<void> {
    try {
      const events = await matrix.history(roomId, lookedBack);
      watch.catchUp(events.toReversed(), await room.mayRedact());
    } catch (error) {
      log.warn(errorFields(error), "the homeserver's room could not be searched for secrets that were left in it");
    }
  }

  let probed: string | undefined;
  /** True where a command that changes nothing is answered, whatever the answer says. */
  async function probe(): Promise<boolean> {
    probed = undefined;
    try {
      const body = [prefix, ...dialect.probe].join(' ');
      const onSent = (commandId: string) => {
        probed = commandId;
      };
      await transport.ask({ body, writes: false, isWhole: () => true, onSent });
      return true;
    } catch {
      return false;
    }
  }

  return {
    name: `${dialect.name} (by its admin room)`,
    serverName,
    writesOnce: true,
    instead: insteadOf(dialect),
    serverRoom: room,
    serverUser,
    nativePrefix: prefix,
    see(event) {
      transport.see(event);
      watch.see(event);
    },
    diagnose: () => diagnoseSilence({ ...seen, probe, unanswered: () => probed }),
    users: createRelayUsers(parts),
    rooms: createRelayRooms(parts),
    roomData: createRelayRoomData(parts),
    directory: createRelayDirectory(parts),
    federation: createRelayFederation(parts),
    files: createRelayFiles(parts),
    media: createRelayMedia(parts),
    puppets: createRelayPuppets(parts),
    server: createRelayServer(parts),
    upkeep: createRelayUpkeep(parts),
    appservices: createRelayAppservices(parts),
    extras: createRelayExtras(parts),
    native: createRelayNative(parts),
    ...(tokens === undefined ? {} : { tokens }),
    wellKnown: createWellKnown(options.allowPrivateAddresses ? { mayAsk: () => true } : {}),
    deletions: createRelayDeletions(parts),
    // For commands that have another way on a relay.
    ownRooms: lackingNoun(dialect, 'ownRooms'),
    accounts: lackingNoun(dialect, 'accounts'),
  };
}

/** The nearest thing to each noun that a relay has not. */
function insteadOf(dialect: Dialect): Readonly<Partial<Record<keyof Nouns, Text>>> {
  const { name, instead, acts } = dialect;
  return {
    tokens: instead['tokens.issue'] ?? whatItHas(dialect),
    sessions: say`${name} tells nothing of sessions in its admin room.`,
    redactions:
      acts.redactEvent === undefined
        ? whatItHas(dialect)
        : say`${commandLine('user redact-event …')} takes back one message at a time.`,
    maintenance: whatItHas(dialect),
    purges: say`${name} keeps the history of its rooms.`,
    reports: say`${name} posts reports into its own admin room.`,
    notices: say`A message to one person can be sent from any client.`,
    raw: say`It is driven by its admin room: ${commandLine('native ‹text›')} sends any text there.`,
  };
}
