import { fileURLToPath } from 'node:url';
import type { Json } from '../homeserver/client.ts';
import { type Scripted, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import type { Synapse } from '../homeserver/synapse.ts';
import type { AdminRoom } from './admin-room.ts';

/** Node's arguments with which a bot tells its memory. */
export const probed = ['--expose-gc', '--import', fileURLToPath(new URL('./heap-probe.ts', import.meta.url))];

const measured = new WeakMap<object, number>();

/** Bytes that a bot started with `probed` holds after garbage collection. */
export async function heapOf(room: AdminRoom): Promise<number> {
  const bot = room.bot();
  const nth = (measured.get(bot) ?? 0) + 1;
  measured.set(bot, nth);
  process.kill(bot.pid, 'SIGUSR2');
  const line = new RegExp(`heap ${nth}: (\\d+)`);
  await bot.said(line);
  return Number(line.exec(bot.output())?.[1]);
}

/** What a forged event says; the rest is filled in. */
export interface Forged {
  readonly sender: string;
  readonly type?: string;
  readonly stateKey?: string;
  readonly content: Json;
}

export interface Traffic extends Scripted {
  /**
   * From now on each of the bot's syncs brings what `next` gives, after what the real server has: the newest fifty in the
   * timeline, the rest, as from a real server, in a gap that the bot reads. `undefined` ends it.
   */
  run(roomId: string, next: (poll: number) => readonly Forged[] | undefined): Promise<void>;
}

const timelineLimit = 50;

/** A real Synapse behind a proxy that puts events into the bot's sync, faster than anybody could send them. */
export async function startTraffic(server: Synapse): Promise<Traffic> {
  let source: ((poll: number) => readonly Forged[] | undefined) | undefined;
  let roomId = '';
  let polls = 0;
  let made = 0;
  let ended = Promise.withResolvers<void>();
  const gaps = new Map<string, Json[]>();

  const event = ({ sender, type = 'm.room.message', stateKey, content }: Forged): Json => {
    made += 1;
    return {
      event_id: `$forged-${made}`,
      type,
      sender,
      origin_server_ts: Date.now(),
      content,
      ...(stateKey === undefined ? {} : { state_key: stateKey }),
      unsigned: { age: 0 },
    };
  };

  async function onSync({ method, path, headers }: ScriptedRequest) {
    if (method !== 'GET' || !path.startsWith('/_matrix/client/v3/sync?') || source === undefined) return undefined;
    const url = new URL(path, server.url);
    if (url.searchParams.get('since') === null) return undefined;
    url.searchParams.set('timeout', '0');
    const events = source(polls++);
    if (events === undefined) {
      source = undefined;
      ended.resolve();
      return undefined;
    }
    const response = await fetch(url, { headers: { authorization: String(headers.authorization) } });
    const answer = (await response.json()) as Json & { rooms?: { join?: Record<string, Json> } };
    if (!response.ok) return { status: response.status, body: answer };
    const forged = events.map(event);
    const real = (answer.rooms?.join?.[roomId]?.timeline ?? {}) as { events?: Json[]; limited?: boolean };
    const gap = forged.slice(0, -timelineLimit);
    const prev = `forged-${polls}`;
    // What the real server left out is not to be lost to ours: such an answer goes through as it is.
    if (real.limited === true) return { status: 200, body: answer };
    if (gap.length > 0) gaps.set(prev, gap.reverse());
    const timeline = {
      ...real,
      events: [...forged.slice(-timelineLimit), ...(real.events ?? [])],
      ...(gap.length > 0 ? { limited: true, prev_batch: prev } : {}),
    };
    const joined = { ...answer.rooms?.join, [roomId]: { ...answer.rooms?.join?.[roomId], timeline } };
    return { status: 200, body: { ...answer, rooms: { ...answer.rooms, join: joined } } };
  }

  function onMessages({ path }: ScriptedRequest) {
    if (!path.includes('/messages?')) return undefined;
    const query = new URL(path, server.url).searchParams;
    const [, prev = '', at = '0'] = /^(forged-\d+)(?:\.(\d+))?$/.exec(query.get('from') ?? '') ?? [];
    const gap = gaps.get(prev);
    if (gap === undefined) return undefined;
    const from = Number(at);
    const to = from + Number(query.get('limit'));
    const end = to < gap.length ? { end: `${prev}.${to}` } : {};
    if (to >= gap.length) gaps.delete(prev);
    return { status: 200, body: { chunk: gap.slice(from, to), ...end } };
  }

  const scripted = await startScripted([onSync, onMessages], server.url);
  return {
    ...scripted,
    run(room, next) {
      roomId = room;
      polls = 0;
      ended = Promise.withResolvers<void>();
      source = next;
      return ended.promise;
    },
  };
}
