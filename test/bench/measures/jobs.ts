import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import Database from 'better-sqlite3';
import { jobEnd, jobIn } from '../../e2e/run-job.ts';
import type { TestClient } from '../../homeserver/client.ts';
import { type BenchLab, openBenchLab } from '../bench-lab.ts';
import { type Line, median, quantile } from '../line.ts';
import { peakMiB, timed, wholeProcess } from '../timed.ts';
import { hasSynadm, synadmConfig } from './exec.ts';

const many = 300;
const created = 100;
/** Each is done so often, by turns with what it is held against. */
const turns = 3;
/** What the configuration has unless told otherwise. */
const atOnce = { deactivate: 1, join: 1, other: 4, hashing: 2 };
/** synadm's loop takes minutes: so many are measured and the time is taken for all. */
const synadmSample = 30;

const path = encodeURIComponent;

async function inLanes<T>(items: readonly T[], lanes: number, act: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

let batch = 0;
/** Accounts without a password, which are quickly made. */
async function accounts({ raw, server }: BenchLab, count: number): Promise<readonly string[]> {
  batch += 1;
  const ids = Array.from({ length: count }, (_, n) => `@b${batch}-${n}:${server.serverName}`);
  await inLanes(ids, 4, (id) => raw.admin('PUT', `/v2/users/${path(id)}`, {}));
  return ids;
}

/** Milliseconds from the yes to the report of the job's end in the room; the plan is made before. */
async function job({ room }: BenchLab, line: string, body: string, word?: string): Promise<number> {
  const { admin, roomId } = room;
  const plan = await room.answerTo(await admin.send(roomId, `!admin ${line}\n\`\`\`\n${body}\n\`\`\``));
  const code = /confirm ([a-z0-9]{5})/.exec(String(plan.content.body))?.[1];
  if (code === undefined) throw new Error(`no plan came back:\n${plan.content.body}`);
  // Nobody says yes before the bot has put the last of its reactions below the plan.
  const last = { event_id: plan.event_id, key: '❌' };
  await admin.waitForEvent(roomId, ({ content }) =>
    isDeepStrictEqual(content['m.relates_to'], { rel_type: 'm.annotation', ...last }),
  );
  return timed(async () => {
    const begun = await room.ask(word === undefined ? `confirm ${code}` : `confirm ${code} ${word}`);
    const { content } = await jobEnd(room, jobIn(begun));
    if (!String(content.body).startsWith('✅')) throw new Error(`the job went wrong:\n${content.body}`);
  });
}

interface Duel {
  readonly mine: () => Promise<number>;
  readonly other: () => Promise<number>;
}

/** Both by turns; the medians. */
async function duel({ mine, other }: Duel): Promise<readonly [number, number]> {
  const took: [number[], number[]] = [[], []];
  for (let n = 0; n < turns; n++) {
    took[0].push(await mine());
    took[1].push(await other());
  }
  return [median(took[0]) / 1000, median(took[1]) / 1000];
}

async function deactivating(lab: BenchLab, one: number): Promise<readonly Line[]> {
  const { raw, room, server } = lab;
  const [mine, calls] = await duel({
    mine: async () => {
      const ids = await accounts(lab, many);
      return job(lab, 'user deactivate-all', ids.join('\n'), String(many));
    },
    other: async () => {
      const ids = await accounts(lab, many);
      return timed(() =>
        inLanes(ids, atOnce.deactivate, async (id) => {
          await raw.admin('GET', `/v2/users/${path(id)}`);
          await raw.admin('POST', `/v1/deactivate/${path(id)}`, { erase: false });
          await raw.admin('GET', `/v1/users/${path(id)}/joined_rooms`);
        }),
      );
    },
  });
  const measure = `deactivate ${many} users from a list, verified`;
  const withSynadm: Line = {
    measure,
    against: 'synadm user deactivate in a shell loop',
    castellan: mine,
    unit: 's',
    asked: { kind: 'times faster', value: 8 },
  };
  const line: Line = {
    measure,
    against: 'the same calls by hand, one after the other',
    castellan: mine,
    other: calls,
    unit: 's',
    asked: { kind: 'ratio at most', value: 1.15 },
    note: messagesNote(calls, one),
  };
  if (!hasSynadm()) return [{ ...withSynadm, note: 'synadm is not installed here.' }, line];
  const folder = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
  try {
    const { userId, accessToken } = room.botAccount;
    const file = synadmConfig(folder, server.url, userId, accessToken);
    const ids = await accounts(lab, synadmSample);
    const script = 'for id in "$@"; do synadm -c "$CONFIG" --batch user deactivate "$id"; done';
    const { ms } = wholeProcess(['sh', '-c', script, 'sh', ...ids], { env: { CONFIG: file } });
    const note = `synadm was measured with ${synadmSample} and multiplied.`;
    return [{ ...withSynadm, other: (ms / 1000 / synadmSample) * many, note }, line];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function joining(lab: BenchLab, one: number): Promise<readonly Line[]> {
  const ids = await accounts(lab, many);
  const lobby = () => lab.raw.createRoom({ preset: 'public_chat' });
  const raw = async (before: (id: string) => Promise<unknown>) => {
    const roomId = await lobby();
    return timed(() =>
      inLanes(ids, atOnce.join, async (user_id) => {
        await before(user_id);
        await lab.raw.admin('POST', `/v1/join/${path(roomId)}`, { user_id });
      }),
    );
  };
  const [mine, other] = await duel({
    mine: async () => job(lab, `user force-join-list-of-local-users ${await lobby()}`, ids.join('\n')),
    other: () => raw(async () => undefined),
  });
  const records = durableRecords();
  const careful = await raw(async (id) => {
    await lab.raw.admin('GET', `/v2/users/${path(id)}`);
    records.write(id);
  });
  records.remove();
  const looking = careful / 1000;
  return [
    sameCalls(`force-join ${many} users`, [mine, other], one),
    {
      measure: `force-join ${many} users, each looked at right before, and written down`,
      against: 'the raw calls, with that look and one durable write each',
      castellan: mine,
      other: looking,
      unit: 's',
      note: 'an account may have been closed since the plan was shown, and Synapse would bring it in all the same, where nobody could take it out again; and what is done stands on the disk. Neither is given up.',
    },
  ];
}

/** What a job writes for each item comes to: one commit that waits for the disk. */
function durableRecords() {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
  const database = new Database(join(folder, 'records.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE record (n INTEGER PRIMARY KEY, words TEXT)');
  const insert = database.prepare('INSERT INTO record (words) VALUES (?)');
  return {
    write: (words: string) => void insert.run(words),
    remove() {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function uploads({ raw }: BenchLab, count = many): Promise<readonly string[]> {
  const found: string[] = [];
  await inLanes(
    Array.from({ length: count }, (_, n) => n),
    4,
    async (n) => {
      found.push(await raw.upload(new TextEncoder().encode(`file ${batch} ${n} ${Math.random()}`), 'text/plain'));
    },
  );
  return found;
}

/** Seconds for the shortest of jobs: its yes, its two messages, and one call. */
async function shortest(lab: BenchLab): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < 5; n++) took.push(await job(lab, 'media delete-media-list', (await uploads(lab, 1)).join('\n')));
  return median(took) / 1000;
}

async function deletingMedia(lab: BenchLab, one: number): Promise<readonly Line[]> {
  const [mine, other] = await duel({
    mine: async () => job(lab, 'media delete-media-list', (await uploads(lab)).join('\n')),
    other: async () => {
      const files = await uploads(lab);
      return timed(() =>
        inLanes(files, atOnce.other, (mxc) => lab.raw.admin('DELETE', `/v1/media/${mxc.replace('mxc://', '')}`)),
      );
    },
  });
  return [sameCalls(`delete ${many} media`, [mine, other], one)];
}

async function creating(lab: BenchLab, one: number): Promise<readonly Line[]> {
  const names = () => {
    batch += 1;
    return Array.from({ length: created }, (_, n) => `c${batch}-${n}`);
  };
  const [mine, other] = await duel({
    mine: () => job(lab, 'user create-list', names().join('\n')),
    other: () =>
      timed(() =>
        inLanes(names(), atOnce.hashing, (name) =>
          lab.raw.admin('PUT', `/v2/users/${path(`@${name}:${lab.server.serverName}`)}`, {
            password: `a long password of ${name}`,
          }),
        ),
      ),
  });
  return [sameCalls(`create ${created} users with passwords`, [mine, other], one)];
}

/** What a job has more than its calls: the messages that any job has, however short. `one`: their seconds. */
const messagesNote = (other: number, one: number): string =>
  `a job of one item takes ${one.toFixed(2)} s, from the yes to its report in the room; with that the raw calls would come to ${((other + one) / other).toFixed(2)} × themselves.`;

function sameCalls(measure: string, [castellan, other]: readonly [number, number], one: number): Line {
  return {
    measure,
    against: 'the raw call, as many at once',
    castellan,
    other,
    unit: 's',
    asked: { kind: 'ratio at most', value: 1.1 },
    note: messagesNote(other, one),
  };
}

/** Messages of somebody who has nothing to do with it: milliseconds until each is taken. */
async function bystander(client: TestClient, roomId: string, until: () => boolean): Promise<readonly number[]> {
  const took: number[] = [];
  while (!until() || took.length < 30) {
    took.push(await timed(() => client.send(roomId, `message ${took.length}`)));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return took;
}

async function besides(lab: BenchLab): Promise<readonly Line[]> {
  const roomId = await lab.raw.createRoom();
  let asked = 0;
  const idle = await bystander(lab.raw, roomId, () => ++asked > 200);
  const ids = await accounts(lab, many);
  const lobby = await lab.raw.createRoom({ preset: 'public_chat' });
  let over = false;
  const running = job(lab, `user force-join-list-of-local-users ${lobby}`, ids.join('\n')).finally(() => {
    over = true;
  });
  const busy = await bystander(lab.raw, roomId, () => over);
  await running;
  const bare = { roomId: await lab.raw.createRoom({ preset: 'public_chat' }), over: false };
  const calls = inLanes(ids, atOnce.join, (user_id) =>
    lab.raw.admin('POST', `/v1/join/${path(bare.roomId)}`, { user_id }),
  ).finally(() => {
    bare.over = true;
  });
  const beside = await bystander(lab.raw, roomId, () => bare.over);
  await calls;
  const other = quantile(idle, 0.95);
  const line = { against: 'the same, idle', other, unit: 'ms' } as const;
  return [
    {
      ...line,
      measure: `another client's messages while ${many} users are joined, p95`,
      castellan: quantile(busy, 0.95),
      asked: { kind: 'ratio at most', value: 2 },
    },
    {
      ...line,
      measure: 'the same while the raw calls are made, one after the other, p95',
      castellan: quantile(beside, 0.95),
    },
  ];
}

/** Lists of accounts, rooms and files, beside the calls that they come down to. */
export async function jobs(): Promise<readonly Line[]> {
  const lab = await openBenchLab('jobs', { config: { notify: { reports: false } } });
  try {
    const lines: Line[] = [];
    const one = await shortest(lab);
    for (const measure of [deactivating, joining, deletingMedia, creating, besides])
      lines.push(...(await measure(lab, one)));
    return [
      ...lines,
      {
        measure: 'most memory while these jobs ran',
        against: '',
        castellan: peakMiB(lab.room.bot().pid),
        unit: 'MiB',
      },
    ];
  } finally {
    await lab.close();
  }
}
