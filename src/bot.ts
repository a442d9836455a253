import type { Capabilities } from './commands/define.ts';
import { commandsFor } from './commands/own-way/commands-for.ts';
import { type Config, withoutToken } from './config.ts';
import { addressed, type Me } from './core/addressed.ts';
import { Problem } from './core/problem.ts';
import { code, say } from './core/text.ts';
import { adminUrl, createHomeserver } from './homeserver/create-homeserver.ts';
import { createHost } from './homeserver/host/host.ts';
import { createJobWorker } from './jobs/worker.ts';
import type { Log } from './log.ts';
import { bindAdminRoom } from './matrix/admin-room.ts';
import { connectMatrix } from './matrix/connect.ts';
import { claimInstance, isOther } from './matrix/instance.ts';
import type { Health, Matrix, RoomEvent } from './matrix/matrix.ts';
import { pause } from './matrix/pause.ts';
import { answerTo } from './pipeline/answer.ts';
import { createAuthorizer } from './pipeline/authorize.ts';
import type { Context } from './pipeline/context.ts';
import { examine } from './pipeline/doctor.ts';
import { createDueWorker } from './pipeline/due.ts';
import { createGate } from './pipeline/gate.ts';
import { createIntake } from './pipeline/intake.ts';
import { createLocal } from './pipeline/local.ts';
import { watchNews } from './pipeline/news.ts';
import { createOutbox } from './pipeline/outbox.ts';
import { problemOf } from './pipeline/problem-of.ts';
import { registrationNews } from './pipeline/registration-news.ts';
import { createRegistrationReminders } from './pipeline/registration-reminders.ts';
import { planRemoval, removeNow } from './pipeline/remove-secret.ts';
import { reportNews } from './pipeline/report-news.ts';
import { createRoomLeaver } from './pipeline/room-leaver.ts';
import { createRoomWatch } from './pipeline/room-watch.ts';
import { createSecretDelivery } from './pipeline/secrets.ts';
import { createSpool } from './pipeline/spool.ts';
import { createTell } from './pipeline/tell.ts';
import { untilAnswered } from './pipeline/until-answered.ts';
import { watchRisks } from './pipeline/watch-risks.ts';
import { createAliasRestorer } from './pipeline/way-back.ts';
import { takeLock } from './store/lock.ts';
import { openStore } from './store/open.ts';
import { spoolFolder, storePath } from './store/store-path.ts';
import { version } from './version.ts';

/** A running bot. */
export interface Bot {
  /** Resolves after `stop`; rejects with what ended the bot otherwise. */
  readonly stopped: Promise<void>;
  /** Finishes the command under way, parks jobs, and ends. */
  stop(): Promise<void>;
  health(): Health;
}

export interface BotOptions {
  readonly config: Config;
  readonly log: Log;
}

/** How long a stop waits for the command under way before its calls are cut off. */
const patienceMs = 8_000;
const pruneEveryMs = 24 * 60 * 60_000;
const listenEveryMs = 500;

/**
 * Puts the bot together and starts it. The way of a command:
 *
 *     sync ─▶ gate ─▶ inbox ─▶ parse ─▶ resolve ─▶ validate ─▶ authorize ─▶ plan/confirm ─▶ audit ─▶ execute ─▶ render ─▶ outbox
 *             └── intake.ts ──┘└────── request.ts ───────────┘└──── process.ts, confirm.ts ──┘└── execute.ts ──┘└ answer.ts, outbox.ts
 */
export async function startBot({ config, log }: BotOptions): Promise<Bot> {
  const path = storePath(config.dataDir);
  const lock = takeLock(path);
  if (lock === undefined) {
    throw new Problem(
      'conflict',
      say`Another Castellan runs on ${code(config.dataDir)}.`,
      say`Stop it first, or give this one a ${code('dataDir')} of its own.`,
    );
  }
  const clock = Date.now;
  const startedAt = clock();
  const store = openStore(path, { clock });
  const quitting = new AbortController();
  const stopped = () => quitting.signal.aborted;
  /** Cuts off what is still under way when a stop has waited long enough. */
  const calls = new AbortController();
  const wait = (ms: number) => pause(ms, quitting.signal);

  const host = createHost({
    settings: config.host,
    baseUrl: adminUrl(config),
    kept: store.values,
    secrets: [config.accessToken()],
    clock,
  });
  // Before anything else: a homeserver that a change of ours keeps from starting could not be reached.
  await host.recover();

  const connected = await connectMatrix({
    homeserverUrl: config.homeserverUrl,
    token: config.accessToken(),
    storage: store.values,
    log,
  });
  requireDevice(connected);

  let roomNames: readonly string[] = [];
  // Until the worker is there what is due waits for its start.
  let wakeDue: () => void = () => undefined;
  const backend = await createHomeserver({
    config,
    matrix: connected,
    log,
    adminRoomNames: () => roomNames,
    redact(roomId, target) {
      if (planRemoval({ store, log, clock }, roomId, target)) wakeDue();
      else void removeNow({ matrix: connected, log }, roomId, target);
    },
    redactLater(roomId, target, afterMs) {
      if (planRemoval({ store, log, clock }, roomId, target, afterMs)) wakeDue();
    },
    signal: calls.signal,
  });
  const { homeserver, matrix } = backend;
  const isServerAdmin = (userId: string) => homeserver.users.isAdmin(userId);
  // The server's own user may have made the room, but commands nothing: what it says may be anybody's words.
  const mayMakeRooms = async (userId: string) => userId === backend.relay?.serverUser || (await isServerAdmin(userId));

  const claim = await untilAnswered(log, () => claimInstance(matrix));
  const { roomId } = await bindAdminRoom({
    matrix,
    storage: store.values,
    log,
    adminRoom: config.adminRoom ?? backend.adminRoom,
    isServerAdmin: mayMakeRooms,
    fault: backend.roomFault,
  });
  roomNames = [roomId, ...(await untilAnswered(log, () => homeserver.rooms.aliases(roomId)))];
  await homeserver.users
    .liftRateLimit(matrix.userId)
    .catch(() => log.warn({}, 'the rate limit of the bot could not be lifted'));
  const delegated = await untilAnswered(log, () => homeserver.server.delegatesAccounts());

  const me: Me = {
    prefix: config.prefix,
    userId: matrix.userId,
    displayName: await displayName(matrix),
    serverName: matrix.serverName,
  };
  const catalog = {
    prefix: config.prefix,
    commands: await commandsFor(config.backend.type),
  };
  const authorizer = createAuthorizer({
    serverName: matrix.serverName,
    botId: matrix.userId,
    isJoined: async (userId) => (await matrix.state(roomId, 'm.room.member', userId))?.membership === 'join',
    isServerAdmin: async (userId) => !delegated && (await isServerAdmin(userId)),
    admins: config.admins,
    roles: config.roles,
  });

  const outbox = createOutbox({
    matrix,
    store,
    log,
    clock,
    // It still sends the answers of what a stop lets finish.
    stopped: () => calls.signal.aborted,
    pause: (ms) => pause(ms, calls.signal),
  });
  const watch = createRoomWatch(
    { matrix, store, roomId, prefix: config.prefix, isServerAdmin: mayMakeRooms, wakeOutbox: outbox.kick, log },
    await untilAnswered(log, () => matrix.joinedMembers(roomId)),
  );
  const knownAdmins = new Set<string>();
  const gate = createGate({
    botId: matrix.userId,
    roomId: () => roomId,
    serverName: matrix.serverName,
    joined: watch.isJoined,
    knownAdmin: (userId) => knownAdmins.has(userId),
    addressed: (content) => addressed(content, me).kind === 'command',
    isPlan: (messageId) =>
      store.plans.byMessage(messageId) !== undefined ||
      store.outbox.nextLine(messageId) !== undefined ||
      // It may stand in the room already, without the bot having heard so.
      store.plans.open().some((plan) => plan.messageId === undefined),
    now: () => performance.now(),
  });
  const tell = createTell({ store, roomId, prefix: config.prefix, wakeOutbox: outbox.kick });
  const dueWorker = createDueWorker({
    matrix,
    store,
    redactAfterMs: config.secrets.redactAfter,
    removeMedia: async (mxc) => void (await homeserver.media.remove(mxc)),
    restoreAlias: createAliasRestorer({ homeserver, tell, log }),
    leaveRoom: createRoomLeaver({ homeserver, tell, log }),
    ...createRegistrationReminders({ host, store, botId: matrix.userId, tell, clock }),
    log,
    clock,
  });
  wakeDue = dueWorker.wake;
  const secrets = createSecretDelivery({
    matrix,
    store,
    delivery: config.secrets.delivery,
    redactAfterMs: config.secrets.redactAfter,
    roomId,
    clientUrl: config.clientUrl,
    clock,
    wakeDue: dueWorker.wake,
  });
  const risks = {
    matrix,
    roomId,
    isServerAdmin,
    isListed: (userId: string) => config.admins.includes(userId) || userId in config.roles,
  };
  const local = createLocal({
    matrix,
    store,
    homeserver,
    roomId,
    clientUrl: config.clientUrl,
    catalog,
    authorizer,
    gate,
    clock,
    key: config.accessToken(),
    version: version(),
    startedAt,
    storePath: path,
    doctor: () => examine({ config, matrix, homeserver, host, store, risks, clock, relay: backend.relay }),
    settings: withoutToken(config),
    later: { context: () => context, jobs: () => jobs, waiting: () => intake.waiting() },
  });
  // A noun that this homeserver has not is asked about before a command runs.
  const caps = { ...homeserver, host, ...local } as Capabilities;
  const context: Context = {
    settings: {
      output: config.output,
      maxCommandAgeMs: config.maxCommandAge,
      planTtlMs: config.confirm.ttl,
      twoPerson: config.confirm.twoPerson,
    },
    store,
    matrix,
    roomId,
    me: () => me,
    catalog,
    caps,
    instead: homeserver.instead ?? {},
    writesOnce: homeserver.writesOnce === true,
    authorizer,
    secrets,
    spool: createSpool(spoolFolder(config.dataDir)),
    answer: (event, reply, options) => answerTo(context, event, reply, options),
    wake: { outbox: outbox.kick, jobs: () => jobs.kick(), due: dueWorker.wake },
    allSent: outbox.idle,
    stopped,
    log,
    clock,
  };
  const { concurrency, hashing, join, deactivate, purge } = config.jobs;
  const jobs = createJobWorker({
    context,
    atOnce: { other: concurrency, hashing, join, deactivate, purge },
    stopped: () => stopped() || watch.isHalted(),
    pause: wait,
  });
  const intake = createIntake({
    context,
    gate,
    stopped,
    halted: watch.isHalted,
    pause: wait,
    admit: (userId) => knownAdmins.add(userId),
  });

  function onEvent(event: RoomEvent): void {
    if (backend.rooms.includes(event.roomId)) backend.see(event);
    // What is said in the homeserver's own room is no command to the bot, unless that room is the bot's as well.
    if (event.roomId !== roomId) return;
    watch.see(event);
    if (!watch.isHalted()) intake.take(event);
  }

  function matters(event: RoomEvent): boolean {
    if (event.roomId !== roomId) return true;
    const said = event.type === 'm.room.message' || event.type === 'm.reaction';
    return !said || gate.mayBeCommand(event);
  }

  let ousted: Problem | undefined;
  function onAccountData(type: string, content: Readonly<Record<string, unknown>>): void {
    if (!isOther(claim, type, content)) return;
    ousted = new Problem(
      'conflict',
      say`Another Castellan has started for ${code(matrix.userId)}, perhaps on a copy of this one's data. This one stops, so that nothing is done twice.`,
    );
    quitting.abort();
    matrix.stop();
  }

  /** What is too old is only in the way: where the store cannot be written, it stays for another day. */
  function prune(): void {
    try {
      store.prune(clock());
    } catch (error) {
      problemOf(error, log);
    }
  }
  prune();
  const pruning = setInterval(prune, pruneEveryMs).unref();
  intake.recover();
  jobs.kick();
  dueWorker.wake();
  // The command line leaves jobs and dates here.
  const listening = setInterval(() => {
    if (!store.changedElsewhere()) return;
    jobs.kick();
    outbox.kick();
    dueWorker.wake();
  }, listenEveryMs).unref();
  const news = newsOf();
  const looking = watchRisks({
    ...risks,
    store,
    prefix: config.prefix,
    wakeOutbox: outbox.kick,
    clock,
    stopped: () => stopped() || watch.isHalted(),
    pause: wait,
    log,
  });
  log.info({ roomId, userId: matrix.userId, version: version() }, 'ready');

  function newsOf(): Promise<void> {
    const { reports, registrations, every } = config.notify;
    const { reports: reported, users } = homeserver;
    const byName = [...(reported === undefined ? [] : reportNews(reported)), registrationNews(users)];
    const isOn = (name: string) => (name === 'registrations' ? registrations : reports);
    return watchNews({
      store,
      roomId,
      prefix: config.prefix,
      wakeOutbox: outbox.kick,
      sources: byName.filter(({ name }) => isOn(name)),
      silent: byName.map(({ name }) => name).filter((name) => !isOn(name)),
      everyMs: every,
      stopped: () => stopped() || watch.isHalted(),
      pause: wait,
      log,
    });
  }

  async function windDown(): Promise<void> {
    quitting.abort();
    clearInterval(pruning);
    clearInterval(listening);
    dueWorker.stop();
    const quiet = Promise.all([intake.idle(), jobs.idle(), dueWorker.idle(), news, looking]).then(() => outbox.idle());
    await Promise.race([quiet, pause(patienceMs)]);
    matrix.stop();
    calls.abort();
    await Promise.race([quiet, pause(1_000)]);
    store.close();
    lock?.release();
  }
  let ending: Promise<void> | undefined;
  const stop = () => {
    ending ??= windDown();
    return ending;
  };

  return {
    health: () => matrix.health(),
    stop,
    stopped: matrix
      .sync(roomId, onEvent, onAccountData, { alsoRoomIds: backend.rooms, matters })
      .finally(stop)
      .then(() => {
        if (ousted !== undefined) throw ousted;
      }),
  };
}

/** Transaction ids are kept by device: without one, a message sent twice would stand there twice. */
function requireDevice({ deviceId, userId }: Matrix): void {
  if (deviceId !== undefined) return;
  throw new Problem(
    'rejected',
    say`The access token of ${code(userId)} belongs to no device, so that messages could arrive twice.`,
    say`Run ${code('castellan init')} for one that does.`,
  );
}

async function displayName({ request, userId }: Matrix): Promise<string | undefined> {
  const profile = await request('GET', `/_matrix/client/v3/profile/${encodeURIComponent(userId)}`).catch(
    () => undefined,
  );
  const { displayname }: Record<string, unknown> = { ...(profile as object | undefined) };
  return typeof displayname === 'string' && displayname !== '' ? displayname : undefined;
}
