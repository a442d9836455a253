import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type AdminRoom, bodyOf, openAdminRoom, type RoomEvent } from '../e2e/admin-room.ts';
import { type BotProcess, startBotProcess } from '../e2e/bot-process.ts';
import type { Synapse } from '../homeserver/synapse.ts';
import { type Boundary, killerFiles, killerFolder, killerGate, type Orders } from './orders.ts';
import { type Round, roundFaults } from './round-faults.ts';
import type { Scenario } from './scenarios.ts';
import { secretsIn, secretsInFiles } from './secret-scan.ts';
import { unsettled } from './unsettled.ts';

const killer = fileURLToPath(new URL('./killer.ts', import.meta.url));
const pollMs = 15;
const settleLimitMs = 240_000;

/** Where to kill while one of the scenario's messages is acted on. */
export interface Kill {
  readonly at: Boundary;
  /** At these boundaries of the starts that follow, one each. */
  readonly again?: readonly Boundary[];
  /** For the last start. */
  readonly slow?: Orders['slow'];
  /** Happens while the bot is dead, before it starts for good; gives the id of a further command where it sends one. */
  readonly meanwhile?: (room: AdminRoom, eventId: string) => Promise<string | undefined>;
}

/** A scenario played to its end, and where it is cut short: a kill for each of its messages, from the first on. */
export interface Crash {
  readonly scenario: Scenario;
  readonly kills: readonly (Kill | undefined)[];
}

/** What came of a crash. */
export interface CrashResult {
  /** The places at which it was killed, each with those before it that the same message was cut short at. */
  readonly places: readonly string[];
  /** How many boundaries did not come up this time, so that it was killed when all was done. */
  readonly missed: number;
  readonly faults: readonly string[];
}

/** A step that was played. */
interface Stepped {
  readonly eventId: string;
  /** Commands that were sent besides. */
  readonly further?: readonly string[];
  readonly faults?: readonly string[];
}

export const named = ({ name, nth }: Boundary): string => (nth === 1 ? name : `${name} #${nth}`);

/** One server, one room and one store on which the bot is killed again and again. */
export interface CrashLab {
  /** Runs a scenario to its end without killing; the boundaries of each of its steps, in order. */
  boundaries(scenario: Scenario): Promise<readonly (readonly Boundary[])[]>;
  crash(crash: Crash): Promise<CrashResult>;
  /** Secrets of any round that stand in a file or in the room now. */
  leftSecrets(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Opens a lab with a running bot on a real Synapse. */
export async function openCrashLab(server: Synapse): Promise<CrashLab> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-crash-'));
  const files = killerFiles(folder);
  const options = {
    nodeArguments: ['--import', killer],
    env: { [killerFolder]: folder, NODE_COMPILE_CACHE: join(folder, 'compiled') },
  };
  const room = await openAdminRoom(server, { start: false });
  // Node writes its compile cache, which halves the time of a start, only at an orderly end.
  let bot = await startBotProcess(room.configFile, options);
  await bot.stop();
  let loaded = 0;
  /** A process that has loaded everything and waits behind its gate. */
  async function load(): Promise<{ readonly process: BotProcess; readonly gate: string }> {
    loaded += 1;
    const gate = join(folder, `gate-${loaded}`);
    const env = { ...options.env, [killerGate]: gate };
    return { process: await startBotProcess(room.configFile, { ...options, env, unready: true }), gate };
  }
  let next = load();
  await startBot();

  async function startBot({ unready = false } = {}): Promise<BotProcess> {
    const { process, gate } = await next;
    next = load();
    writeFileSync(gate, '');
    bot = process;
    // It may be dead before it is ready.
    if (!unready) await process.said(/"msg":"ready"/);
    return process;
  }

  const typed = new Set<string>();
  let canaries: readonly string[] = [];
  let rounds = 0;
  /** What the bot had made before this round; all of it is looked for once more in the end. */
  let earlier = new Set<string>();

  const order = (orders: Orders) => writeFileSync(files.orders, JSON.stringify(orders));
  const made = () => (existsSync(files.passwords) ? readFileSync(files.passwords, 'utf8').trim().split('\n') : []);
  const fresh = () => made().filter((password) => !earlier.has(password));
  const secrets = (passwords: Iterable<string>) => [room.botAccount.accessToken, ...passwords];

  /** What the orders made it write down. */
  function trail(): readonly Boundary[] {
    const passed = new Map<string, number>();
    const names = readFileSync(files.trail, 'utf8').trimEnd().split('\n');
    return names.map((name) => {
      const nth = (passed.get(name) ?? 0) + 1;
      passed.set(name, nth);
      return { name, nth };
    });
  }

  /** Resolves once the bot has nothing left to do for the event, or was killed. */
  async function over(process: BotProcess, eventId: string): Promise<'settled' | 'killed'> {
    let killed = false;
    void process.exited.then(() => {
      killed = true;
    });
    const deadline = performance.now() + settleLimitMs;
    for (;;) {
      if (killed) return 'killed';
      const left = unsettled(room.dataDir, eventId);
      if (left === undefined) return 'settled';
      if (performance.now() > deadline) throw new Error(`not settled: ${left}\n${process.output().slice(-2_000)}`);
      await sleep(pollMs);
    }
  }

  /** What the dead bot left behind, before anything touches its files. */
  function leaks(process: BotProcess): readonly string[] {
    const known = secrets([...fresh(), ...canaries]);
    const said = secretsIn(process.output(), known).map((secret) => `the output holds ${secret.slice(0, 6)}…`);
    return [...secretsInFiles(room.dataDir, known), ...said];
  }

  async function round(
    scenario: Scenario,
    onStep: (step: number, send: () => Promise<string>) => Promise<Stepped>,
  ): Promise<readonly string[]> {
    rounds += 1;
    const accounts = await scenario.prepare(room, rounds);
    canaries = accounts.flatMap(({ password }) => password?.typed ?? []);
    for (const canary of canaries) typed.add(canary);
    earlier = new Set(made());
    const faults: string[] = [];
    const events: string[] = [];
    let answer: RoomEvent | undefined;
    for (const [at, message] of scenario.steps.entries()) {
      const send = () => {
        const said = message(accounts, answer);
        return typeof said === 'string'
          ? room.admin.send(room.roomId, said)
          : room.admin.send(room.roomId, said.content, said.type);
      };
      const step = await onStep(at, send);
      faults.push(...(step.faults ?? []));
      events.push(step.eventId, ...(step.further ?? []));
      answer = await room.answerTo(step.eventId);
    }
    const done: Round = { room, scenario, accounts, events, canaries, made: fresh() };
    const onServer = await scenario.faults?.(room, rounds, answer === undefined ? '' : bodyOf(answer));
    return [...faults, ...(await roundFaults(done)), ...(onServer ?? [])];
  }

  /** For a bot of which nothing is known. */
  async function restart(): Promise<void> {
    rmSync(files.orders, { force: true });
    await bot.kill();
    await startBot();
  }

  async function undisturbed(send: () => Promise<string>): Promise<{ eventId: string }> {
    const eventId = await send();
    if ((await over(bot, eventId)) === 'killed') throw new Error(`the bot ended:\n${bot.output()}`);
    return { eventId };
  }

  async function killedAt(orders: Orders, act: () => Promise<string>): Promise<{ eventId: string; killed: boolean }> {
    order(orders);
    const eventId = await act();
    const killed = (await over(bot, eventId)) === 'killed';
    // A boundary that did not come up this time: it dies at rest, which it must live through too.
    await bot.kill();
    rmSync(files.orders, { force: true });
    return { eventId, killed };
  }

  return {
    async boundaries(scenario) {
      await restart();
      const trails: (readonly Boundary[])[] = [];
      const faults = await round(scenario, async (_, send) => {
        order({ from: 'command' });
        const step = await undisturbed(send);
        trails.push(trail());
        return step;
      });
      if (faults.length > 0) throw new Error(`${scenario.name} fails without any crash:\n${faults.join('\n')}`);
      return trails;
    },

    async crash({ scenario, kills }) {
      const places: string[] = [];
      let missed = 0;
      const faults = await round(scenario, async (step, send) => {
        const kill = kills[step];
        if (kill === undefined) return undisturbed(send);
        const found: string[] = [];
        let place = `${scenario.name}, message ${step + 1}`;
        /** Notes where it died, and what it left behind there. */
        const died = (killed: boolean) => {
          found.push(...leaks(bot));
          const where = trail().at(-1);
          if (!killed || where === undefined) {
            missed += 1;
            return;
          }
          place += `, ${named(where)}`;
          places.push(place);
        };
        const { eventId, killed } = await killedAt({ from: 'command', at: kill.at }, send);
        died(killed);
        for (const at of kill.again ?? []) {
          const second = await killedAt({ from: 'start', at }, async () => {
            await startBot({ unready: true });
            return eventId;
          });
          died(second.killed);
        }
        const sent = await kill.meanwhile?.(room, eventId);
        const further = sent === undefined ? [] : [sent];
        if (kill.slow !== undefined) order({ from: 'start', slow: kill.slow });
        await startBot();
        for (const id of [eventId, ...further]) {
          if ((await over(bot, id)) === 'killed') found.push('the bot ended by itself');
        }
        return { eventId, further, faults: found };
      }).catch(async (error: Error) => {
        await restart();
        return [error.message];
      });
      return { places, missed, faults };
    },

    async leftSecrets() {
      const known = secrets([...made(), ...typed]);
      const history = JSON.stringify(await room.admin.messages(room.roomId));
      const shown = secretsIn(history, known).map((secret) => `the room holds ${secret.slice(0, 6)}…`);
      return [...secretsInFiles(room.dataDir, known), ...shown];
    },

    async close() {
      await bot.kill();
      await (await next).process.kill();
      await room.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
