import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { AnyCommand } from '../../src/commands/define.ts';
import { commands } from '../../src/commands/index.ts';
import { addressed } from '../../src/core/addressed.ts';
import type { RoomEvent } from '../../src/matrix/matrix.ts';
import { createAuthorizer } from '../../src/pipeline/authorize.ts';
import type { Context } from '../../src/pipeline/context.ts';
import { createGate, reactionOf } from '../../src/pipeline/gate.ts';
import { createIntake } from '../../src/pipeline/intake.ts';
import { readingOf } from '../../src/pipeline/request.ts';
import { createSpool } from '../../src/pipeline/spool.ts';
import type { InboxRow, InboxState, NewInbox, PlanRow } from '../../src/store/store.ts';
import { bot, hostileEvent, operator, orders, plan, roomId, server } from './hostile-events.ts';

/** How many events; `npm run test:gate` sets it. */
const count = Number(process.env.CASTELLAN_COUNT ?? 20_000);
/** So far apart that no bucket is ever full: what is refused, is so for who sent it and what it is. */
const betweenMs = 2_000;

const folder = mkdtempSync(join(tmpdir(), 'castellan-gate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const me = { prefix: '!admin', userId: bot, displayName: 'Castellan', serverName: server };

/** The real way from the sync to a command, in which every effect, and every error nobody foresaw, is written down. */
function openPipeline() {
  const effects: string[] = [];
  const trap = (name: string) => (): never => {
    effects.push(name);
    throw new Error(`${name} was reached`);
  };
  const trapped = (command: AnyCommand): AnyCommand => {
    const run = trap(`${command.path}: run`);
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
      finish(eventId, { outcome, outbox, plan: made, job }) {
        if (outcome !== 'refused' || made !== undefined || job !== undefined) effects.push(`finished as ${outcome}`);
        outbox(undefined);
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
  const context: Context = {
    settings: { output: 'human', maxCommandAgeMs: 300_000, planTtlMs: 300_000, twoPerson: undefined },
    store,
    matrix: only<Context['matrix']>(
      { userId: bot, serverName: server, state: async () => undefined, history: async () => [] },
      'matrix',
    ),
    roomId,
    me: () => me,
    catalog: { prefix: '!admin', commands: commands.map(trapped) },
    caps: only<Context['caps']>({}, 'caps'),
    authorizer: createAuthorizer({
      serverName: server,
      botId: bot,
      // By the live word everybody is in the room, so that the last check is tried too.
      isJoined: async () => true,
      isServerAdmin: async (userId) => userId === operator,
      admins: [],
      roles: {},
    }),
    secrets: only<Context['secrets']>({}, 'secrets'),
    spool: createSpool(join(folder, 'spool')),
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
    knownAdmin: (userId) => userId === operator,
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
    context,
    stored: () => rows.size,
    /** Takes the event to its end; true where it got past the gate. */
    async take(event: RoomEvent): Promise<boolean> {
      now += betweenMs;
      const before = rows.size;
      intake.take(event);
      const admitted = rows.size > before;
      await intake.idle();
      return admitted;
    },
  };
}

/** What a command is, in other words than the program's (DESIGN.md, "What is a command"); wider rather than narrower. */
function mayCommand({ type, sender, content, stateKey, redacted, ...event }: RoomEvent): boolean {
  if (sender !== operator || event.roomId !== roomId || stateKey !== undefined || redacted) return false;
  if (type === 'm.reaction') return reactionOf(content)?.target === plan.message;
  const { msgtype, body, 'm.relates_to': relation } = content;
  if (type !== 'm.room.message' || msgtype !== 'm.text' || typeof body !== 'string') return false;
  if ('m.new_content' in content || JSON.stringify(relation)?.includes('"rel_type":"m.replace"')) return false;
  const isReply = JSON.stringify(relation)?.includes('m.in_reply_to') ?? false;
  const said = isReply ? body.replace(/^(?:>.*\n)+\n/, '') : body;
  return /^\s*(!admin(\s|$)|@castellan:example\.org(\s|:)|Castellan[:,])/iu.test(said.replaceAll('\r\n', '\n'));
}

test(`${count.toLocaleString('en')} events from those who may not command, and talk of one who may, run nothing and throw nothing`, {
  timeout: 0,
}, async () => {
  const pipeline = openPipeline();
  let admitted = 0;
  await fc.assert(
    fc.asyncProperty(hostileEvent, async (event) => {
      expect(['command', 'unread', 'reaction', 'nothing']).toContain(readingOf(pipeline.context, event).kind);
      if (mayCommand(event)) return;
      if (await pipeline.take(event)) admitted += 1;
      expect(pipeline.effects.splice(0)).toEqual([]);
      expect(pipeline.stored()).toBe(0);
    }),
    { numRuns: count },
  );
  // Some came as far as the last check, so that it was asked.
  expect(admitted).toBeGreaterThan(count / 100);
});

test('the same words from the one who may command do run, so that the traps would have been heard', async () => {
  const pipeline = openPipeline();
  const message = { roomId, type: 'm.room.message', sender: operator, stateKey: undefined, redacted: false } as const;
  const silent: string[] = [];
  for (const [at, body] of orders.entries()) {
    const event = { ...message, eventId: `$${at}`, content: { msgtype: 'm.text', body }, ageMs: 0, originServerTs: 0 };
    expect(mayCommand(event), body).toBe(true);
    await pipeline.take(event);
    if (pipeline.effects.splice(0).length === 0) silent.push(body);
  }
  // The only one that lacks something: the plan's word.
  expect(silent).toEqual([`!admin confirm ${plan.code}`]);
});
