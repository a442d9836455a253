import { join } from 'node:path';
import type { Capabilities } from '../../src/commands/define.ts';
import { commands } from '../../src/commands/index.ts';
import { addressed } from '../../src/core/addressed.ts';
import type { UserDetails } from '../../src/homeserver/users.ts';
import { createLog } from '../../src/log.ts';
import type { Matrix, RoomEvent } from '../../src/matrix/matrix.ts';
import { answerTo } from '../../src/pipeline/answer.ts';
import { createAuthorizer } from '../../src/pipeline/authorize.ts';
import type { Context } from '../../src/pipeline/context.ts';
import { createGate } from '../../src/pipeline/gate.ts';
import { createIntake, type Intake } from '../../src/pipeline/intake.ts';
import { createOutbox } from '../../src/pipeline/outbox.ts';
import { createSpool } from '../../src/pipeline/spool.ts';
import { openStore } from '../../src/store/open.ts';

const serverName = 'example.org';
const roomId = `!room:${serverName}`;
export const operator = `@operator:${serverName}`;
const botId = `@castellan:${serverName}`;

/** The real way of a command with a real store, on a homeserver that answers at once, in this process. */
export interface InProcess {
  readonly context: Context;
  readonly intake: Intake;
  /** How many messages were sent. */
  sent(): number;
  message(body: string): RoomEvent;
  close(): void;
}

function account(userId: string): UserDetails {
  return {
    userId,
    displayname: `Name of ${userId}`,
    admin: false,
    deactivated: false,
    locked: false,
    shadowBanned: false,
    guest: false,
    userType: null,
    createdAt: 1_700_000_000_000,
    lastSeenAt: 1_710_000_000_000,
    suspended: false,
    erased: false,
    appserviceId: null,
    threepids: [],
    externalIds: [],
    avatarUrl: null,
    raw: { name: userId, displayname: `Name of ${userId}`, admin: false },
  };
}

export function openInProcess(folder: string): InProcess {
  let [sent, events] = [0, 0];
  const store = openStore(join(folder, 'castellan.db'), { clock: Date.now });
  const log = createLog({ level: 'silent', file: undefined, secrets: [] });
  const matrix = {
    userId: botId,
    serverName,
    request: async () => ({}),
    send: async () => {
      sent += 1;
      return `$sent-${sent}`;
    },
    upload: async () => `mxc://${serverName}/file`,
    history: async () => [],
    state: async () => ({ membership: 'join' }),
  } as unknown as Matrix;
  const me = { prefix: '!admin', userId: botId, displayName: 'Castellan', serverName };
  const users = {
    get: async (userId: string) => account(userId),
    list: async ({ from, limit }: { from: number; limit: number }) => ({
      rows: Array.from({ length: limit }, (_, n) => account(`@user-${from + n}:${serverName}`)),
      total: 100_000,
      next: from + limit,
    }),
    joinedRooms: async () => [],
    isAdmin: async () => false,
  };
  const caps = {
    users,
    server: { version: async () => '1.160.0' },
    backend: 'Synapse',
    clock: Date.now,
    adminRoom: { botId, roomId },
    isProtected: async () => false,
    catalog: { prefix: '!admin', commands },
  } as unknown as Capabilities;
  const authorizer = createAuthorizer({
    serverName,
    botId,
    isJoined: async () => true,
    isServerAdmin: async () => true,
    admins: [],
    roles: {},
  });
  const outbox = createOutbox({
    matrix,
    store,
    log,
    clock: Date.now,
    stopped: () => false,
    pause: async () => undefined,
  });
  const nothing = () => undefined;
  const context: Context = {
    settings: { output: 'human', maxCommandAgeMs: 300_000, planTtlMs: 300_000, twoPerson: undefined },
    store,
    matrix,
    roomId,
    me: () => me,
    catalog: { prefix: '!admin', commands },
    caps,
    instead: {},
    writesOnce: false,
    authorizer,
    secrets: {} as Context['secrets'],
    spool: createSpool(join(folder, 'spool')),
    answer: (event, reply, options) => answerTo(context, event, reply, options),
    wake: { outbox: outbox.kick, jobs: nothing, due: nothing },
    allSent: outbox.idle,
    stopped: () => false,
    log,
    clock: Date.now,
  };
  const gate = createGate({
    botId,
    roomId: () => roomId,
    serverName,
    joined: () => true,
    knownAdmin: () => true,
    addressed: (content) => addressed(content, me).kind === 'command',
    isPlan: () => false,
    now: () => performance.now(),
  });
  const intake = createIntake({
    context,
    gate,
    stopped: () => false,
    halted: () => false,
    pause: async () => undefined,
    admit: nothing,
  });
  return {
    context,
    intake,
    sent: () => sent,
    message(body) {
      events += 1;
      return {
        roomId,
        eventId: `$event-${events}`,
        sender: operator,
        type: 'm.room.message',
        originServerTs: Date.now(),
        stateKey: undefined,
        redacts: undefined,
        unsigned: {},
        content: { msgtype: 'm.text', body },
      } as unknown as RoomEvent;
    },
    close: () => store.close(),
  };
}
