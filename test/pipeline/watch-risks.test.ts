import { expect, test } from 'vitest';
import { MatrixFault } from '../../src/http.ts';
import type { Log } from '../../src/log.ts';
import { type WatchRisksOptions, watchRisks } from '../../src/pipeline/watch-risks.ts';
import { makeStore } from '../store/store-file.ts';

const roomId = '!admins:one.test';
const bot = '@castellan:one.test';
const dayMs = 24 * 60 * 60_000;
const state = [{ type: 'm.room.create', state_key: '', sender: bot, content: {} }];

/** Looks as often as `members` says, each time a pause later; the warnings that were posted, and the pauses. */
async function watched(members: readonly (readonly string[] | Error)[]) {
  const { store } = makeStore();
  const pauses: number[] = [];
  const warned: string[] = [];
  let now = 1_700_000_000_000;
  let look = 0;
  const matrix = {
    userId: bot,
    serverName: 'one.test',
    request: async () => state,
    state: async () => state[0]?.content,
    async joinedMembers() {
      const here = members[look] ?? [];
      if (here instanceof Error) throw here;
      return new Set([bot, ...here]);
    },
  } as unknown as WatchRisksOptions['matrix'];
  await watchRisks({
    store,
    roomId,
    matrix,
    prefix: '!admin',
    wakeOutbox: () => undefined,
    isServerAdmin: async (userId) => userId.startsWith('@admin'),
    isListed: () => false,
    clock: () => now,
    stopped: () => look === members.length,
    pause: async (ms) => {
      pauses.push(ms);
      now += ms;
      look += 1;
    },
    log: { warn: (_: unknown, said: string) => warned.push(said) } as unknown as Log,
  });
  const posted = store.outbox.unsent().map(({ content }) => String((content as { body: string }).body));
  return { posted, pauses, warned };
}

const guest = '@guest:one.test';
const dave = '@dave:two.test';

test('what makes the room unsafe is said at the start and again on each day on which it still is so', async () => {
  const { posted, pauses } = await watched([[guest], [guest], [guest]]);
  expect(posted).toHaveLength(3);
  for (const said of posted) expect(said).toMatch(/@room ⚠️.*no server admin.*@guest:one\.test/);
  expect(pauses).toEqual([dayMs, dayMs, dayMs]);
});

test('what comes later is said the next day, what is over is not', async () => {
  const { posted } = await watched([['@admin:one.test'], [dave], [], [dave, guest]]);
  expect(posted).toHaveLength(2);
  expect(posted[0]).toContain('people of other servers are in it');
  expect(posted[0]).toContain(dave);
  expect(posted[0]).not.toContain('no server admin');
  expect(posted[1]).toMatch(/two\.test.*; .*no server admin.*@guest/s);
});

test('a day on which the room cannot be looked at does not end the watch', async () => {
  const { posted, warned } = await watched([new MatrixFault(500, 'M_UNKNOWN', 'no'), [guest]]);
  expect(posted).toHaveLength(1);
  expect(warned[0]).toContain('could not be looked at');
});
