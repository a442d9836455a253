import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registerUser, type TestClient } from '../../homeserver/client.ts';
import type { BareOptions } from '../bare-bot.ts';
import { type BenchLab, openBenchLab } from '../bench-lab.ts';
import { type Line, quantile } from '../line.ts';

const bareProgram = fileURLToPath(new URL('../bare-bot.ts', import.meta.url));
const command = '!admin server version';
const rounds = 200;
const atOnce = 20;
const waves = 15;

/** A bot that can be asked, in a room of its own. */
export interface Asked {
  readonly name: string;
  readonly roomId: string;
  readonly asker: TestClient;
}

interface Bare extends Asked {
  close(): Promise<void>;
}

/** Starts the barest bot in a room of its own. */
export async function startBare({ server, room }: BenchLab, name: string, careful: boolean): Promise<Bare> {
  const account = await registerUser(server, name, { admin: true });
  const roomId = await account.createRoom({ preset: 'private_chat', invite: [room.admin.userId] });
  await room.admin.join(roomId);
  const folder = mkdtempSync(join(tmpdir(), 'castellan-bare-'));
  const child: ChildProcess = spawn(process.execPath, [bareProgram], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { url } = server;
  const options: BareOptions = { url, token: account.accessToken, userId: account.userId, roomId, folder, careful };
  child.stdin?.end(JSON.stringify(options));
  if (child.stdout !== null) await once(child.stdout, 'data');
  return {
    name,
    roomId,
    asker: room.admin,
    async close() {
      child.kill('SIGKILL');
      await once(child, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Milliseconds until the answer stands in the asker's sync. */
export async function ask({ asker, roomId }: Asked, line = command): Promise<number> {
  const since = performance.now();
  const eventId = await asker.send(roomId, line);
  await asker.waitForEvent(roomId, ({ content }) => content['dev.castellan.for'] === eventId);
  return performance.now() - since;
}

/** Asks them by turns, so that a machine that slows down slows all of them. */
export async function inTurn(bots: readonly Asked[], times: number): Promise<Map<string, number[]>> {
  const took = new Map(bots.map(({ name }) => [name, [] as number[]]));
  for (let round = -10; round < times; round++) {
    for (const bot of bots) {
      const ms = await ask(bot);
      if (round >= 0) took.get(bot.name)?.push(ms);
    }
  }
  return took;
}

/** Milliseconds to each answer of a wave of commands; throws where they came out of order. */
async function wave({ asker, roomId }: Asked): Promise<readonly number[]> {
  const sent: { eventId: string; since: number }[] = [];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      const since = performance.now();
      sent.push({ eventId: await asker.send(roomId, command), since });
    }),
  );
  const took: number[] = [];
  const answered: string[] = [];
  const waiting = new Map(sent.map(({ eventId, since }) => [eventId, since]));
  while (waiting.size > 0) {
    const { content } = await asker.waitForEvent(roomId, ({ content: one }) =>
      waiting.has(String(one['dev.castellan.for'])),
    );
    const eventId = String(content['dev.castellan.for']);
    took.push(performance.now() - (waiting.get(eventId) ?? 0));
    waiting.delete(eventId);
    answered.push(eventId);
  }
  const said = (await asker.messages(roomId)).map(({ event_id }) => event_id).filter((id) => answered.includes(id));
  if (said.join() !== answered.join()) throw new Error('answers came out of order');
  return took;
}

/** From a command to its answer, one at a time and twenty at once, beside the barest bot. */
export async function latency(): Promise<readonly Line[]> {
  const lab = await openBenchLab('latency');
  const careful = await startBare(lab, 'careful', true);
  const careless = await startBare(lab, 'careless', false);
  const castellan: Asked = { name: 'castellan', roomId: lab.room.roomId, asker: lab.room.admin };
  try {
    const took = await inTurn([castellan, careful, careless], rounds);
    const of = (name: string, part: number) => quantile(took.get(name) ?? [], part);
    const waved = new Map<string, number[]>([
      ['castellan', []],
      ['careful', []],
    ]);
    for (let n = 0; n < waves; n++) {
      for (const bot of [castellan, careful]) waved.get(bot.name)?.push(...(await wave(bot)));
    }
    const inWave = (name: string, part: number) => quantile(waved.get(name) ?? [], part);
    const line = (
      measure: string,
      against: string,
      [mine, other]: readonly [number, number],
      asked?: number,
    ): Line => ({
      measure,
      against,
      castellan: mine,
      other,
      unit: 'ms',
      asked: asked === undefined ? undefined : { kind: 'ratio at most', value: asked },
    });
    const quiet = `command to answer, ${rounds} × quiet`;
    const many = `${atOnce} commands at once, each answer`;
    return [
      line(`${quiet}, p50`, 'barest bot, same checks', [of('castellan', 0.5), of('careful', 0.5)], 1.1),
      line(`${quiet}, p95`, 'barest bot, same checks', [of('castellan', 0.95), of('careful', 0.95)], 1.25),
      line(`${quiet}, p50`, 'barest bot, no checks', [of('castellan', 0.5), of('careless', 0.5)]),
      line(`${many}, p50`, 'barest bot, same checks', [inWave('castellan', 0.5), inWave('careful', 0.5)], 1.25),
      line(`${many}, p95`, 'barest bot, same checks', [inWave('castellan', 0.95), inWave('careful', 0.95)], 1.25),
    ];
  } finally {
    await careful.close();
    await careless.close();
    await lab.close();
  }
}
