import { join } from 'node:path';
import type { AnyCommand } from '../../src/commands/define.ts';
import { commands } from '../../src/commands/index.ts';
import { addressed } from '../../src/core/addressed.ts';
import type { Role } from '../../src/core/roles.ts';
import { say } from '../../src/core/text.ts';
import type { RoomEvent } from '../../src/matrix/matrix.ts';
import { answerTo } from '../../src/pipeline/answer.ts';
import { createAuthorizer } from '../../src/pipeline/authorize.ts';
import type { Context } from '../../src/pipeline/context.ts';
import { createGate } from '../../src/pipeline/gate.ts';
import { createIntake } from '../../src/pipeline/intake.ts';
import { createSpool } from '../../src/pipeline/spool.ts';
import type { InboxRow, InboxState, NewInbox, PlanRow } from '../../src/store/store.ts';
import { bot, operator, plan, roomId, server } from './hostile-events.ts';

/** So far apart that no bucket is ever full: what is refused, is so for who sent it and what it is. */
const betweenMs = 2_000;

const me = { prefix: '!admin', userId: bot, displayName: 'Castellan', serverName: server };

export interface TrapOptions {
  /** Takes the place of the trap at T2; commands then come as far as that, over plans of one thing. */
  readonly begin?: Context['store']['begin'];
}

export interface TrappedPipeline {
  /** What was reached that must not be: a command's own functions, the homeserver, a record of an act, an error nobody foresaw. */
  readonly effects: string[];
  /** The words of the answers. */
  readonly said: string[];
  readonly context: Context;
  /** How many events are not over. */
  stored(): number;
  /** Takes the event to its end; true where it got past the gate. */
  take(event: RoomEvent): Promise<boolean>;
}

/**
 * The real way from the sync to a command, in which every effect is written down instead of being had. `roles`: as in the
 * configuration, and all of these are server admins; without it only the operator is one.
 */
export function openTrappedPipeline(
  folder: string,
  roles: Readonly<Record<string, Role>> = {},
  options: TrapOptions = {},
): TrappedPipeline {
  const { begin } = options;
  const isServerAdmin = (userId: string) => userId === operator || userId in roles;
  const said: string[] = [];
  const effects: string[] = [];
  const trap = (name: string) => (): never => {
    effects.push(name);
    throw new Error(`${name} was reached`);
  };
  const trapped = (command: AnyCommand): AnyCommand => {
    const run = trap(`${command.path}: run`);
    if (begin !== undefined) {
      const plan = async () => ({ title: say`A plan`, targets: [{ id: 'one' }], cautions: [], frozen: null });
      const { raise: _, ...rest } = command;
      return { ...rest, run, ...(command.plan ? { plan } : {}) };
    }
    return { ...command, run, ...(command.plan ? { plan: trap(`${command.path}: plan`) } : {}) };
  };
  let now = 1_700_000_000_000;
  const rows = new Map<string, InboxRow>();
  const openPlan: PlanRow = {
    code: plan.code,
    requester: operator,
    roomId,
    source: '$command',
    command: 'user deactivate',
    input: {},
    frozen: {},
    word: plan.word,
    expiresAt: Number.POSITIVE_INFINITY,
    state: 'open',
    messageId: plan.message,
  };
  const only = <T extends object>(known: Partial<T>, name: string): T =>
    new Proxy(known, {
      get: (target, key) => (key in target ? Reflect.get(target, key) : trap(`${name}.${String(key)}`)()),
    }) as T;
  const store = only<Context['store']>(
    {
      inbox: {
        receive(event: NewInbox) {
          const row = {
            ...event,
            seq: rows.size,
            receivedAt: now,
            state: 'received' as InboxState,
            outcome: undefined,
          };
          rows.set(event.eventId, { ...row, attempt: 0, command: undefined, planCode: undefined });
          return true;
        },
        get: (eventId) => rows.get(eventId),
        open: () => [],
      },
      ...(begin === undefined ? {} : { begin }),
      finish(eventId, { outcome, outbox, plan: made, job }) {
        if (outcome !== 'refused' || made !== undefined || job !== undefined) effects.push(`finished as ${outcome}`);
        said.push(...outbox(undefined).map(({ content }) => String((content as { body?: unknown }).body)));
        rows.delete(eventId);
      },
      plans: only<Context['store']['plans']>(
        {
          byMessage: (id) => (id === plan.message ? openPlan : undefined),
          get: (code) => (code === plan.code ? openPlan : undefined),
          open: () => [openPlan],
        },
        'store.plans',
      ),
    },
    'store',
  );
  const silent = () => undefined;
  const log: Context['log'] = {
    debug: silent,
    info: silent,
    warn: silent,
    error: (fields, msg) => void effects.push(`${msg}: ${fields.error} ${fields.frames}`),
    child: () => log,
  };
  const caps = only<Context['caps']>(
    { adminRoom: only<Context['caps']['adminRoom']>({ botId: bot }, 'caps.adminRoom') },
    'caps',
  );
  /** What it takes to say something past the store. */
  const toTell: Partial<Context['matrix']> = {
    request: async () => ({}),
    redact: async () => undefined,
    async send(_room, _type, { body }) {
      said.push(String(body));
      return '$said';
    },
  };
  const context: Context = {
    settings: { output: 'human', maxCommandAgeMs: 300_000, planTtlMs: 300_000, twoPerson: undefined },
    store,
    matrix: only<Context['matrix']>(
      {
        userId: bot,
        serverName: server,
        state: async () => undefined,
        history: async () => [],
        ...(begin === undefined ? {} : toTell),
      },
      'matrix',
    ),
    roomId,
    me: () => me,
    catalog: { prefix: '!admin', commands: commands.map(trapped) },
    caps: begin === undefined ? caps : new Proxy(caps, { get: (_, noun) => only({}, `caps.${String(noun)}`) }),
    instead: {},
    writesOnce: false,
    authorizer: createAuthorizer({
      serverName: server,
      botId: bot,
      // By the live word everybody is in the room, so that the last check is tried too.
      isJoined: async () => true,
      isServerAdmin: async (userId) => isServerAdmin(userId),
      admins: [],
      roles,
    }),
    secrets: only<Context['secrets']>(begin === undefined ? {} : { ready: async () => '!direct' }, 'secrets'),
    spool: createSpool(join(folder, 'spool')),
    answer: (event, reply, options) => answerTo(context, event, reply, options),
    wake: { outbox: silent, jobs: silent, due: silent },
    allSent: async () => undefined,
    stopped: () => false,
    log,
    clock: () => now,
  };
  const gate = createGate({
    botId: bot,
    roomId: () => roomId,
    serverName: server,
    joined: (userId) => userId !== `@guest-of-nobody:${server}`,
    knownAdmin: isServerAdmin,
    addressed: (content) => addressed(content, me).kind === 'command',
    isPlan: (id) => id === plan.message,
    now: () => now,
  });
  const intake = createIntake({
    context,
    gate,
    stopped: () => false,
    halted: () => false,
    pause: async () => undefined,
    admit: silent,
  });
  return {
    effects,
    said,
    context,
    stored: () => rows.size,
    async take(event) {
      now += betweenMs;
      const before = rows.size;
      intake.take(event);
      const admitted = rows.size > before;
      await intake.idle();
      return admitted;
    },
  };
}
