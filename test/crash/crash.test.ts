import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdminRoom } from '../e2e/admin-room.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type Crash, type CrashLab, type Kill, named, openCrashLab } from './crash-lab.ts';
import { distinct, spread } from './crash-plan.ts';
import { anyChange, anyName, type Boundary } from './orders.ts';
import { createAdmin, createUser, directRooms, made, passwordSet, type Scenario, scenarios } from './scenarios.ts';

/** How many crashes there are to be; set by `npm run test:crash`. Without it, the selection that every run of the tests makes. */
const total = Number(process.env.CASTELLAN_COUNT ?? 0);
/** So many different ones that selection has at least. */
const atLeast = 300;
/** What it takes at most of the places of one message: a job passes hundreds, most of them again and again. */
const most = 14;
/** Where the starts after the worst are killed one after the other: from where they begin to mend it. */
const mending = [3, 4, 5, 6, 7, 8].map((nth): Boundary => ({ name: anyChange, nth }));
/** With so many faults a test ends. */
const enough = 10;
/** Every so manieth crash is followed by more while it is mended. */
const againEvery = 3;
/** A start and what it mends pass about so many boundaries, and about so many that change something. */
const inOneStart = 60;
const changesInOneStart = 10;

describeWithSynapse('a bot that is killed', () => {
  let server: Synapse;
  let lab: CrashLab;
  beforeAll(async () => {
    server = await startSynapse();
    lab = await openCrashLab(server);
  });
  afterAll(async () => {
    await lab?.close();
    await server?.stop();
  });

  /** Crashes at these places of each message, as many at once as the scenario has messages. */
  function together(scenario: Scenario, places: readonly (readonly Boundary[])[], again: (nth: number) => Boundary[]) {
    const count = Math.max(...places.map(({ length }) => length));
    return Array.from({ length: count }, (_, nth): Crash => {
      const kills = places.map((of, step): Kill | undefined => {
        const at = of[nth];
        return at && { at, again: again(nth * places.length + step) };
      });
      return { scenario, kills };
    });
  }

  /** Every place that leaves something different behind, and some in mending what was cut short there. */
  function selection(scenario: Scenario, trails: readonly (readonly Boundary[])[]): readonly Crash[] {
    const isEnd = ({ name }: Boundary) => name === 'commit by pipeline/execute.ts conclude: before';
    const places = trails.map(distinct).map((all) => {
      const few = spread(all, Math.min(most, all.length));
      return [...few, ...all.filter((one) => isEnd(one) && !few.includes(one))];
    });
    const once = together(scenario, places, (nth) =>
      nth % againEvery === 0 ? [{ name: anyChange, nth: 1 + ((nth / againEvery) % changesInOneStart) }] : [],
    );
    const { worst } = scenario;
    if (worst === undefined) return once;
    const kills = trails.map((_, n) => (n === trails.length - 1 ? { at: worst, again: mending } : undefined));
    return [...once, { scenario, kills }];
  }

  /** Every boundary in turn, again and again, and anywhere in mending it. */
  function longRun(scenario: Scenario, trails: readonly (readonly Boundary[])[]): readonly Crash[] {
    const each = Math.ceil(total / scenarios.length / trails.length);
    return together(
      scenario,
      trails.map((trail) => spread(trail, each)),
      (nth) => (nth % againEvery === 0 ? [{ name: anyName, nth: 1 + ((nth * 7) % inOneStart) }] : []),
    );
  }

  /** All the places at which it was killed so far. */
  const killedAt = new Set<string>();

  for (const scenario of scenarios) {
    test(`does "${scenario.name}" once and answers it once, wherever it is cut short`, {
      timeout: total === 0 ? 600_000 : 0,
    }, async () => {
      const since = performance.now();
      const trails = await lab.boundaries(scenario);
      const crashes = (total === 0 ? selection : longRun)(scenario, trails);
      const faults: string[] = [];
      let missed = 0;
      let kills = 0;
      for (const crash of crashes) {
        if (faults.length > enough) break;
        const result = await lab.crash(crash);
        const wanted = crash.kills.map((kill) => (kill === undefined ? '–' : named(kill.at))).join('; ');
        const where = result.places.length > 0 ? result.places.join('; ') : `${scenario.name}: ${wanted}`;
        faults.push(...result.faults.map((fault) => `${where}: ${fault}`));
        for (const place of result.places) killedAt.add(place);
        missed += result.missed;
        kills += result.places.length;
      }
      const seconds = Math.round((performance.now() - since) / 1000);
      process.stdout.write(
        `${scenario.name}: ${trails.map(({ length }) => length).join(' + ')} boundaries, ${kills} crashes, ${missed} more at rest, ${seconds} s\n`,
      );
      expect(faults).toEqual([]);
    });
  }

  test('was killed at hundreds of different places', () => {
    process.stdout.write(`${killedAt.size} different crashes\n`);
    if (total === 0) expect(killedAt.size).toBeGreaterThanOrEqual(atLeast);
  });

  test('hears a yes to a plan that was being sent when it died', async () => {
    // The plan alone: the yes comes as a tap.
    const scenario = { ...createAdmin, steps: createAdmin.steps.slice(0, 1) };
    const send = 'PUT /_matrix/client/v3/rooms/…/send/m.room.message/…';
    const at = { name: `${send}: after`, nth: 1 };
    // The tap is there before it can be known again which message shows the plan.
    const slow = { request: send, until: 'commit by matrix/client.ts tolerant: after' };
    const tap = async (room: AdminRoom, eventId: string) => {
      const plan = await room.answerTo(eventId);
      const relation = { rel_type: 'm.annotation', event_id: plan.event_id, key: '✅' };
      return room.admin.send(room.roomId, { 'm.relates_to': relation }, 'm.reaction');
    };
    const kills = [{ at, slow, meanwhile: tap }];
    expect(await lab.crash({ scenario, kills })).toMatchObject({ missed: 0, faults: [] });
  });

  test('does not take a message for the secret that holds now, when it held an earlier one and came late', async () => {
    const late = async (room: AdminRoom, eventId: string) => {
      const [direct = ''] = await directRooms(room);
      await room.botAccount.send(direct, {
        msgtype: 'm.text',
        body: 'Password of an account, as it was first made',
        'dev.castellan.for': `${eventId}#1`,
      });
      return undefined;
    };
    const kills = [{ at: made, again: [passwordSet(1)], meanwhile: late }];
    expect(await lab.crash({ scenario: createUser, kills })).toMatchObject({ missed: 0, faults: [] });
  });

  test('leaves no secret in a file or in the room', async () => {
    expect(await lab.leftSecrets()).toEqual([]);
  });
});
