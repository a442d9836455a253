import { type RoomEvent, registerUser, type TestClient } from '../homeserver/client.ts';
import type { Synapse } from '../homeserver/synapse.ts';
import {
  conduitAnswer,
  conduwuitAnswer,
  type NativeState,
  nativeState,
  type Said,
  type Version,
} from './native-homeserver.ts';

export type DialectName = 'continuwuity' | 'tuwunel' | 'palpo' | 'conduit';

/** How an answer comes, where it does not simply come. */
export interface Manner {
  readonly delayMs?: number;
  /** Cut into so many messages, each answering the one before. */
  readonly parts?: number;
  /** As the file `output.md`. */
  readonly file?: true;
  /** Log lines in a table before it. */
  readonly logs?: readonly string[];
  /** Messages of its own before it. */
  readonly before?: readonly string[];
  readonly panic?: true;
  /** Not before the next command has been answered. */
  readonly afterNext?: true;
  readonly silent?: true;
  /** In a thread of the command. */
  readonly thread?: true;
  /** In place of what the homeserver would say. */
  readonly text?: string;
  /** It says so and does nothing. */
  readonly idle?: true;
}

/** A user in a room of a real Synapse who answers as such a homeserver's own user does. */
export interface ServerUser {
  readonly client: TestClient;
  readonly roomId: string;
  readonly alias: string;
  readonly state: NativeState;
  /** Commands as they came, the newest last. */
  readonly asked: string[];
  /** The next command that matches is answered so; once. */
  next(pattern: RegExp, manner: Manner): void;
  stop(): Promise<void>;
}

export interface ServerUserOptions {
  readonly dialect: DialectName;
  readonly version: Version;
  /** Localpart of the room's alias. */
  readonly alias: string;
  readonly localpart?: string;
  readonly invite: readonly string[];
  /** Whoever has this much power may remove what the server user said. */
  readonly powers?: Readonly<Record<string, number>>;
  readonly encrypted?: boolean;
}

export async function startServerUser(server: Synapse, options: ServerUserOptions): Promise<ServerUser> {
  const { dialect, version, alias, invite } = options;
  const client = await registerUser(server, options.localpart ?? `conduit-${alias}`, { admin: true });
  const roomId = await client.createRoom({
    preset: 'private_chat',
    name: 'Admin Room',
    room_alias_name: alias,
    invite,
    power_level_content_override: { users: { [client.userId]: 100, ...options.powers } },
  });
  const state = nativeState(server.serverName);
  const asked: string[] = [];
  const manners: { readonly pattern: RegExp; readonly manner: Manner }[] = [];
  const held: (() => Promise<void>)[] = [];
  const stopping = new AbortController();
  const pending = new Set<Promise<void>>();

  function answerOf(body: string): Said {
    // Blank lines are dropped from the whole message.
    const [line = '', ...below] = body.split('\n').filter((one) => one.trim() !== '');
    const fenced = below[0]?.startsWith('```') && below.at(-1)?.trim() === '```' ? below.slice(1, -1) : [];
    const rest = line.slice(line.indexOf(' ') + 1).trim();
    if (dialect === 'conduit') return conduitAnswer(state, shellWords(rest), fenced);
    return conduwuitAnswer(dialect, version, state, rest.split(/\s+/), fenced);
  }

  async function answer(event: RoomEvent): Promise<void> {
    const body = String(event.content.body);
    asked.push(body);
    const at = manners.findIndex(({ pattern }) => pattern.test(body));
    const manner: Manner = at === -1 ? {} : (manners.splice(at, 1)[0]?.manner ?? {});
    if (manner.silent) return;
    const said: Said = manner.idle ? { text: '' } : answerOf(body);
    const effects = effectsOf(state);
    await effects(client);
    if (manner.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, manner.delayMs));
    const given = () => give(said, event, manner);
    if (manner.afterNext) {
      held.push(given);
      return;
    }
    await given();
    for (const late of held.splice(0)) await late();
  }

  async function give(said: Said, event: RoomEvent, manner: Manner): Promise<void> {
    for (const words of [...(manner.before ?? []), ...(said.side === undefined ? [] : [said.side])])
      await client.send(roomId, { msgtype: 'm.text', body: words });
    const logs =
      manner.logs === undefined
        ? ''
        : `| level | span | message |\n| ------: | :-----: | :------- |\n${manner.logs.map((words) => `|     INFO |           admin | ${words} |\n`).join('')}\n`;
    const text = manner.panic
      ? 'Panic occurred while processing command:\n```\nPanic("index out of bounds")\n```\nPlease submit a [bug report](https://example.org). 🥺'
      : logs + (manner.text ?? said.text);
    await send(text, event.event_id, manner);
  }

  async function send(text: string, commandId: string, manner: Manner): Promise<void> {
    const msgtype = dialect === 'conduit' ? 'm.text' : 'm.notice';
    const relation = (to: string) =>
      dialect === 'conduit'
        ? {}
        : manner.thread
          ? { 'm.relates_to': { rel_type: 'm.thread', event_id: commandId, 'm.in_reply_to': { event_id: to } } }
          : { 'm.relates_to': { 'm.in_reply_to': { event_id: to } } };
    if (manner.file) {
      const url = await client.upload(text, 'text/markdown', 'output.md');
      const content = {
        msgtype: 'm.file',
        body: 'Output was too large to send as text.',
        filename: 'output.md',
        url,
        info: { mimetype: 'text/markdown', size: Buffer.byteLength(text) },
      };
      await client.send(roomId, { ...content, ...relation(commandId) });
      return;
    }
    const lines = text.split('\n');
    const size = Math.ceil(lines.length / (manner.parts ?? 1));
    let previous = commandId;
    for (let at = 0; at < Math.max(lines.length, 1); at += size) {
      const part = lines.slice(at, at + size).join('\n');
      previous = await client.send(roomId, { msgtype, body: part, ...relation(previous) });
    }
  }

  const isCommand = (event: RoomEvent): boolean => {
    const { body } = event.content;
    if (event.type !== 'm.room.message' || event.sender === client.userId || typeof body !== 'string') return false;
    const isMarked = dialect === 'continuwuity' || dialect === 'tuwunel';
    if (isMarked && /^\s*!admin/.test(body)) return true;
    return body.startsWith(`${client.userId}: `) || body.startsWith(`${client.userId} `);
  };

  async function listen(): Promise<void> {
    const filter = encodeURIComponent(JSON.stringify({ room: { rooms: [roomId], timeline: { limit: 200 } } }));
    let since = '';
    const seen = new Set<string>();
    // One worker: a slow command delays all later ones.
    let worker: Promise<void> = Promise.resolve();
    while (!stopping.signal.aborted) {
      const position = since === '' ? '&timeout=0' : `&timeout=5000&since=${encodeURIComponent(since)}`;
      const response = await fetch(`${client.url}/_matrix/client/v3/sync?filter=${filter}${position}`, {
        headers: { authorization: `Bearer ${client.accessToken}` },
        signal: stopping.signal,
      }).catch(() => undefined);
      if (response === undefined || !response.ok) continue;
      const answered = (await response.json()) as {
        next_batch: string;
        rooms?: { join?: Record<string, { timeline: { events: RoomEvent[] } }> };
      };
      since = answered.next_batch;
      for (const event of answered.rooms?.join?.[roomId]?.timeline.events ?? []) {
        if (seen.has(event.event_id) || !isCommand(event)) continue;
        seen.add(event.event_id);
        worker = worker.then(() => answer(event)).catch(() => undefined);
        pending.add(worker);
      }
    }
  }
  const listening = listen().catch(() => undefined);

  return {
    client,
    roomId,
    alias: `#${alias}:${server.serverName}`,
    state,
    asked,
    next: (pattern, manner) => void manners.push({ pattern, manner }),
    async stop() {
      stopping.abort();
      await listening;
      await Promise.all(pending);
    },
  };
}

/** Aliases and the directory are asked for by the client API, so what was changed is changed there too. */
function effectsOf(state: NativeState) {
  const { aliases, published } = state;
  return async (client: TestClient) => {
    const directory = '/_matrix/client/v3/directory';
    const known = real.get(state) ?? { aliases: new Map<string, string>(), published: new Set<string>() };
    real.set(state, known);
    for (const [name, roomId] of known.aliases) {
      if (aliases.get(name) === roomId) continue;
      await client
        .request('DELETE', `${directory}/room/${encodeURIComponent(`#${name}:${state.serverName}`)}`)
        .catch(() => undefined);
      known.aliases.delete(name);
    }
    for (const [name, roomId] of aliases) {
      if (known.aliases.has(name)) continue;
      await client
        .request('PUT', `${directory}/room/${encodeURIComponent(`#${name}:${state.serverName}`)}`, { room_id: roomId })
        .catch(() => undefined);
      known.aliases.set(name, roomId);
    }
    for (const roomId of new Set([...published, ...known.published])) {
      const is = published.has(roomId);
      if (known.published.has(roomId) === is) continue;
      const visibility = is ? 'public' : 'private';
      await client
        .request('PUT', `${directory}/list/room/${encodeURIComponent(roomId)}`, { visibility })
        .catch(() => undefined);
      if (is) known.published.add(roomId);
      else known.published.delete(roomId);
    }
  };
}
const real = new WeakMap<NativeState, { aliases: Map<string, string>; published: Set<string> }>();

/** As Conduit splits a line. */
function shellWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_, a, b, c) => a ?? b ?? c ?? ''),
  );
}
