import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdminRoom } from '../e2e/admin-room.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type Crash, type CrashLab, named, openCrashLab } from './crash-lab.ts';
import { distinct, spread } from './crash-plan.ts';
import { anyName, type Boundary } from './orders.ts';
import { createAdmin, createUser, directRooms, made, passwordSet, type Scenario, scenarios } from './scenarios.ts';

/** How many crashes there are to be; set by `run.ts`. Without it, the selection that every run of the tests makes. */
const total = Number(process.env.CASTELLAN_CRASHES ?? 0);
/** What a selection takes of a command that is not tried everywhere, and of the starts after a crash. */
const some = 6;
/** With so many faults a test ends. */
const enough = 10;
/** In a long run, every so manieth crash is followed by another one while it is mended. */
const againEvery = 4;
/** A start and what it mends pass about so many boundaries. */
const inOneStart = 60;

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

  /**
   * Every place that leaves something different behind, or some of them and always the one before the end is recorded;
   * and some in mending the worst.
   */
  async function selection(scenario: Scenario, trails: readonly (readonly Boundary[])[]): Promise<readonly Crash[]> {
    const all = trails.flatMap((trail, step) => distinct(trail).map((at) => ({ scenario, step, at })));
    const isEnd = ({ at }: Crash) => at.name === 'commit by pipeline/execute.ts conclude: before';
    const others = all.filter((one) => !isEnd(one));
    const once = scenario.everywhere ? all : [...spread(others, some), ...all.filter(isEnd)];
    if (scenario.worst === undefined) return once;
    const worst = { scenario, step: trails.length - 1, at: scenario.worst };
    const mending = distinct(await lab.boundariesAfter(worst));
    return [...once, ...spread(mending, some / 2).map((again) => ({ ...worst, again }))];
  }

  /** Every boundary in turn, again and again, and anywhere in mending it. */
  function longRun(scenario: Scenario, trails: readonly (readonly Boundary[])[]): readonly Crash[] {
    const all = trails.flatMap((trail, step) => trail.map((at) => ({ scenario, step, at })));
    return spread(all, Math.ceil(total / scenarios.length)).map((crash, n) =>
      n % againEvery === 0 ? { ...crash, again: { name: anyName, nth: 1 + ((n * 7) % inOneStart) } } : crash,
    );
  }

  for (const scenario of scenarios) {
    test(`does "${scenario.name}" once and answers it once, wherever it is cut short`, {
      timeout: total === 0 ? 600_000 : 0,
    }, async () => {
      const since = performance.now();
      const trails = await lab.boundaries(scenario);
      const crashes = await (total === 0 ? selection : longRun)(scenario, trails);
      const faults: string[] = [];
      let missed = 0;
      for (const crash of crashes) {
        if (faults.length > enough) break;
        const result = await lab.crash(crash);
        const place = `step ${crash.step}, ${named(crash.at)}${crash.again ? `, then ${named(crash.again)}` : ''}`;
        faults.push(...result.faults.map((fault) => `${place}: ${fault}`));
        if (result.missed) missed += 1;
      }
      const seconds = Math.round((performance.now() - since) / 1000);
      process.stdout.write(
        `${scenario.name}: ${trails.map(({ length }) => length).join(' + ')} boundaries, ${crashes.length} crashes (${missed} of them at rest), ${seconds} s\n`,
      );
      expect(faults).toEqual([]);
    });
  }

  test('hears a yes to a plan that was being sent when it died', async () => {
    // The plan alone: the yes comes as a tap.
    const scenario = { ...createAdmin, steps: createAdmin.steps.slice(0, 1) };
    const send = 'PUT /_matrix/client/v3/rooms/…/send/m.room.message/…';
    const at = { name: `${send}: after`, nth: 1 };
    // The tap is there before it can be known again which message shows the plan.
    const slow = { request: send, until: 'commit by matrix/client.ts startSync: after' };
    const tap = async (room: AdminRoom, eventId: string) => {
      const plan = await room.answerTo(eventId);
      const relation = { rel_type: 'm.annotation', event_id: plan.event_id, key: '✅' };
      return room.admin.send(room.roomId, { 'm.relates_to': relation }, 'm.reaction');
    };
    expect(await lab.crash({ scenario, step: 0, at, slow, meanwhile: tap })).toEqual({ missed: false, faults: [] });
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
    const crash = { scenario: createUser, step: 0, at: made, again: passwordSet(1), meanwhile: late };
    expect(await lab.crash(crash)).toEqual({ missed: false, faults: [] });
  });

  test('leaves no secret in a file or in the room', async () => {
    expect(await lab.leftSecrets()).toEqual([]);
  });
});
