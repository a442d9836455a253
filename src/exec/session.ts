import type { Asker } from '../commands/asker.ts';
import type { AnyCommand, Capabilities } from '../commands/define.ts';
import { commandsFor } from '../commands/own-way/commands-for.ts';
import { type Config, withoutToken } from '../config.ts';
import type { Catalog } from '../core/declaration.ts';
import type { Reply, Secret } from '../core/reply.ts';
import { adminUrl } from '../homeserver/create-homeserver.ts';
import { createHost } from '../homeserver/host/host.ts';
import { MatrixFault } from '../http.ts';
import { cancelKey } from '../jobs/cancel-key.ts';
import { boundRoom, usualAdminRooms } from '../matrix/admin-room.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { AnswerOptions } from '../pipeline/answer.ts';
import { createAuthorizer } from '../pipeline/authorize.ts';
import type { Context } from '../pipeline/context.ts';
import { examine } from '../pipeline/doctor.ts';
import { createLocal } from '../pipeline/local.ts';
import { shellRoom } from '../pipeline/shell-door.ts';
import { openStore } from '../store/open.ts';
import { storePath } from '../store/store-path.ts';
import { version } from '../version.ts';
import { openBackend } from './open-backend.ts';
import type { Reach } from './reach.ts';
import { usersFor, whoAsks } from './who-asks.ts';

export interface SessionOptions {
  readonly config: Config;
  readonly reach: Reach;
  /** What commands begin with in help and hints. */
  readonly prefix: string;
  readonly as: string | undefined;
}

/** What an act was answered with. */
export interface Answered {
  readonly reply: Reply;
  readonly options: AnswerOptions;
}

/** Everything that commands need, without a room, a sync, or the Matrix SDK. */
export interface Session {
  readonly context: Context;
  readonly config: Config;
  readonly storePath: string;
  readonly catalog: Catalog<AnyCommand>;
  readonly me: { readonly prefix: string; readonly serverName: string };
  readonly asker: (source: string) => Asker;
  /** Inputs with secrets typed here; nobody else can read them again. */
  readonly typed: Map<string, Readonly<Record<string, unknown>>>;
  /** The answer of the last act, and the secrets that its job has made. */
  readonly answered: () => Answered | undefined;
  readonly takeSecrets: () => readonly Secret[];
  /** Protects the room by all its names; needed before anything is changed. */
  readonly learnRoomNames: () => Promise<void>;
  /** Cuts off every call under way. */
  readonly abort: () => void;
  readonly close: () => Promise<void>;
}

/** Opens the store, and all else that the bot has. Throws Problem, MatrixFault or NoAnswer. */
export async function openSession({ config, reach, prefix, as }: SessionOptions): Promise<Session> {
  const { matrix, log, signal, heard, abort } = reach;
  const clock = Date.now;
  const path = storePath(config.dataDir);
  const store = openStore(path, { clock });
  let roomNames: readonly string[] = [];
  const opened = await openBackend({
    config,
    matrix,
    store,
    log,
    adminRoomNames: () => roomNames,
    signal,
    heard,
  });
  const { homeserver } = opened;
  const room = await adminRoom(matrix, boundRoom(store.values), config.adminRoom ?? opened.adminRoom);
  roomNames = room.names;
  const host = createHost({
    settings: config.host,
    baseUrl: adminUrl(config),
    kept: store.values,
    secrets: [config.accessToken()],
    clock,
  });
  const isServerAdmin = async (userId: string) =>
    !(await homeserver.server.delegatesAccounts()) && (await homeserver.users.isAdmin(userId));
  const authorizer = createAuthorizer({
    serverName: matrix.serverName,
    botId: matrix.userId,
    isJoined: async (userId) => (await matrix.state(room.id, 'm.room.member', userId))?.membership === 'join',
    isServerAdmin,
    admins: config.admins,
    roles: config.roles,
  });
  const catalog = { prefix, commands: await commandsFor(config.backend.type) };
  const { actor, role } = whoAsks(config, as);
  const local = createLocal({
    matrix,
    store,
    homeserver,
    roomId: room.id,
    clientUrl: config.clientUrl,
    catalog,
    authorizer,
    gate: { ignored: {} },
    clock,
    key: config.accessToken(),
    version: version(),
    startedAt: clock(),
    storePath: path,
    doctor: () =>
      examine({
        config,
        matrix,
        homeserver,
        host,
        store,
        risks: {
          matrix,
          roomId: room.id,
          isServerAdmin,
          isListed: (userId) => config.admins.includes(userId) || userId in config.roles,
        },
        clock,
        ...(opened.relay === undefined ? {} : { relay: opened.relay }),
      }),
    settings: withoutToken(config),
    later: {
      context: () => context,
      jobs: () => ({
        // Whoever runs the job looks here before its next item.
        cancel(id) {
          if (store.jobs.get(id)?.finishedAt !== undefined) return 'over';
          store.values.set(cancelKey(id), '1');
          return 'after the item';
        },
      }),
      waiting: () => 0,
    },
  });
  const users = usersFor(actor, homeserver.users);
  // A noun that this homeserver has not is asked about before a command runs.
  const caps = { ...homeserver, users, host, ...local } as Capabilities;
  const typed = new Map<string, Readonly<Record<string, unknown>>>();
  let made: Secret[] = [];
  let answered: Answered | undefined;
  const nothing = () => undefined;
  const context: Context = {
    settings: {
      output: 'human',
      maxCommandAgeMs: config.maxCommandAge,
      planTtlMs: config.confirm.ttl,
      twoPerson: config.confirm.twoPerson,
    },
    store,
    matrix,
    roomId: shellRoom,
    me: () => ({ prefix, userId: matrix.userId, displayName: undefined, serverName: matrix.serverName }),
    catalog,
    caps,
    instead: homeserver.instead ?? {},
    writesOnce: homeserver.writesOnce === true,
    authorizer,
    secrets: {
      where: 'below',
      ready: async () => shellRoom,
      arrived: async () => false,
      async send(_room, forEvent, _attempt, secrets) {
        // Those of an act stand in its answer.
        if (answered?.options.jobId !== undefined) made.push(...secrets);
        log.debug({ eventId: forEvent }, 'a secret was made');
      },
    },
    spool: {
      take: () => {
        throw new Error('the command line writes listings out by itself');
      },
    },
    async answer(_event, reply, options) {
      answered = { reply, options };
      return { outbox: () => [], due: [] };
    },
    typed,
    wake: { outbox: nothing, jobs: nothing, due: nothing },
    allSent: async () => undefined,
    stopped: () => false,
    log,
    clock,
  };
  return {
    context,
    config,
    storePath: path,
    catalog,
    me: { prefix, serverName: matrix.serverName },
    asker: (source) => ({ userId: actor, role, source }),
    typed,
    answered: () => answered,
    takeSecrets() {
      const taken = made;
      made = [];
      return taken;
    },
    async learnRoomNames() {
      if (!room.id.startsWith('!')) return;
      roomNames = [...new Set([...room.names, ...(await homeserver.rooms.aliases(room.id))])];
    },
    abort,
    async close() {
      await opened.settled();
      abort();
      store.close();
    },
  };
}

/** The bound room, or where its usual names lead while there is none; an empty id where they lead nowhere. */
async function adminRoom(
  matrix: Matrix,
  bound: string | undefined,
  configured: string | undefined,
): Promise<{ readonly id: string; readonly names: readonly string[] }> {
  if (bound !== undefined) return { id: bound, names: [bound] };
  const names = configured === undefined ? usualAdminRooms(matrix.serverName) : [configured];
  for (const name of names) {
    if (name.startsWith('!')) return { id: name, names };
    try {
      const found = await matrix.request('GET', `/_matrix/client/v3/directory/room/${encodeURIComponent(name)}`);
      const { room_id: id }: Record<string, unknown> = { ...(found as object) };
      if (typeof id === 'string') return { id, names: [id, ...names] };
    } catch (error) {
      if (!(error instanceof MatrixFault && error.status === 404)) throw error;
    }
  }
  return { id: '', names };
}
