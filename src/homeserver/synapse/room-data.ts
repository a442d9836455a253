import { z } from 'zod';
import { isMxc } from '../../core/ids.ts';
import { shownContent } from '../../core/mask-secrets.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import type { FoundEvent, RoomData, StoredEvent } from '../room-data.ts';
import type { SynapseHttp } from './http.ts';

const admin = '/_synapse/admin/v1';
const part = encodeURIComponent;

// Events come from any server and any age: one that is odd must not hide the others.
const content = once(() => z.record(z.string(), z.unknown()).catch({}));
const redactedBecause = once(() =>
  z.looseObject({ sender: z.string(), content: content() }).optional().catch(undefined),
);
const storedEvent = once(() =>
  z.looseObject({
    event_id: z.string(),
    room_id: z.string(),
    type: z.string(),
    state_key: z.string().optional(),
    sender: z.string(),
    origin_server_ts: z.number().catch(0),
    content: content(),
    unsigned: z.looseObject({ redacted_because: redactedBecause() }).catch({}).default({}),
  }),
);
const messages = once(() => z.looseObject({ chunk: z.array(storedEvent()), end: z.string().optional() }));
const nearest = once(() => z.looseObject({ event_id: z.string(), origin_server_ts: z.number() }));
const hierarchy = once(() =>
  z.looseObject({
    rooms: z.array(
      z.looseObject({
        room_id: z.string(),
        name: z.string().nullish(),
        canonical_alias: z.string().nullish(),
        num_joined_members: z.number(),
        room_type: z.string().nullish(),
        join_rule: z.string().nullish(),
        children_state: z.array(z.looseObject({ state_key: z.string() })).catch([]),
      }),
    ),
    next_batch: z.string().optional(),
  }),
);
const extremities = once(() =>
  z.looseObject({
    results: z.array(z.looseObject({ event_id: z.string(), depth: z.number(), received_ts: z.number().nullish() })),
  }),
);
const mediaList = once(() => z.looseObject({ local: z.array(z.string()), remote: z.array(z.string()) }));

/** Synapse's own bound for one answer of a hierarchy (MSC2946). */
const hierarchyPage = 50;
const messagesPage = 500;

function eventOf(raw: z.output<ReturnType<typeof storedEvent>>, botId: string): StoredEvent {
  const content = shownContent(raw.content, raw.sender, botId);
  const because = raw.unsigned.redacted_because;
  const reason = because?.content.reason;
  return {
    eventId: raw.event_id,
    roomId: raw.room_id,
    type: raw.type,
    stateKey: raw.state_key,
    sender: raw.sender,
    sentAt: raw.origin_server_ts,
    content,
    redaction: because && { by: because.sender, reason: typeof reason === 'string' ? reason : undefined },
    raw: { ...raw, content },
  };
}

/**
 * What is in rooms, by Synapse's admin API (manual, "Room Admin API", "Fetch event", "List all media in a room").
 * `mediaHttp` leads to whoever serves the media part of it.
 */
export function createSynapseRoomData(
  http: SynapseHttp,
  mediaHttp: SynapseHttp,
  serverName: string,
  botId: string,
): RoomData {
  const roomPath = (roomId: string, what: string) => `${admin}/rooms/${part(roomId)}/${what}`;

  async function state(roomId: string, type?: string): Promise<readonly StoredEvent[]> {
    const answer = z.looseObject({ state: z.array(storedEvent()) });
    const path = roomPath(roomId, 'state');
    return (await http.call(answer, { method: 'GET', path, query: { type } })).state.map((raw) => eventOf(raw, botId));
  }

  /** The event as people see it; `undefined` where Synapse cannot show it so. */
  async function asShown({ eventId, roomId, type, stateKey }: StoredEvent): Promise<StoredEvent | undefined> {
    const answer = z.looseObject({ event: storedEvent() });
    const path = roomPath(roomId, `context/${part(eventId)}`);
    try {
      // A 500 is Synapse's answer for state whose surroundings were purged, however often it is asked.
      const query = { limit: 0 };
      return eventOf((await http.call(answer, { method: 'GET', path, query, repeatable: false })).event, botId);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (stateKey === undefined) return undefined;
      return (await state(roomId, type)).find((event) => event.eventId === eventId);
    }
  }

  async function* pages(roomId: string, pageSize: number, oldestFirst: boolean, filter?: object) {
    let from: string | undefined;
    do {
      const answer: z.output<ReturnType<typeof messages>> = await http.call(messages(), {
        method: 'GET',
        path: roomPath(roomId, 'messages'),
        query: {
          dir: oldestFirst ? 'f' : 'b',
          limit: pageSize,
          from,
          filter: filter && JSON.stringify(filter),
        },
      });
      yield answer.chunk.map((raw) => eventOf(raw, botId));
      from = answer.chunk.length === 0 ? undefined : answer.end;
    } while (from !== undefined);
  }

  /** The slow way: a single event with a malformed thumbnail makes Synapse's own list fail. */
  async function mediaByEvents(roomId: string) {
    const found = new Set<string>();
    for await (const events of pages(roomId, messagesPage, false, { contains_url: true })) {
      for (const { content: it } of events) {
        const { thumbnail_url } = { ...(it.info as { thumbnail_url?: unknown } | undefined) };
        for (const url of [it.url, thumbnail_url]) {
          if (isMxc(url)) found.add(url);
        }
      }
    }
    const ours = `mxc://${serverName}/`;
    return {
      local: [...found].filter((mxc) => mxc.startsWith(ours)),
      remote: [...found].filter((mxc) => !mxc.startsWith(ours)),
      partial: true,
    };
  }

  return {
    state,
    messages: (roomId, pageSize, oldestFirst) => pages(roomId, pageSize, oldestFirst),

    async event(eventId): Promise<FoundEvent | undefined> {
      const answer = z.looseObject({ event: storedEvent().extend({ event_id: z.string().default(eventId) }) });
      const path = `${admin}/fetch_event/${part(eventId)}`;
      const found = await http.find(answer, { method: 'GET', path });
      if (found === undefined) return undefined;
      // This way the content of a redacted event is still in it, and nothing says that it was redacted.
      const kept = eventOf(found.event, botId);
      const shown = await asShown(kept);
      if (shown !== undefined && shown.redaction === undefined) return { ...kept, withheld: false };
      const left = shown?.content ?? {};
      const because = shown && { unsigned: { ...found.event.unsigned, ...pickRedaction(shown.raw) } };
      return {
        ...kept,
        content: left,
        redaction: shown?.redaction,
        raw: { ...kept.raw, content: left, ...because },
        withheld: shown === undefined,
      };
    },

    async eventAt(roomId, time, direction) {
      const path = roomPath(roomId, 'timestamp_to_event');
      const query = { ts: time, dir: direction === 'after' ? 'f' : 'b' };
      const found = await http.find(nearest(), { method: 'GET', path, query });
      return found === undefined ? undefined : { eventId: found.event_id, sentAt: found.origin_server_ts };
    },

    async hierarchy(roomId, limit) {
      const rooms: z.output<ReturnType<typeof hierarchy>>['rooms'] = [];
      let from: string | undefined;
      do {
        const answer: z.output<ReturnType<typeof hierarchy>> = await http.call(hierarchy(), {
          method: 'GET',
          path: roomPath(roomId, 'hierarchy'),
          query: { limit: hierarchyPage, from },
        });
        rooms.push(...answer.rooms);
        from = answer.next_batch;
      } while (from !== undefined && rooms.length < limit);
      return {
        rooms: rooms.slice(0, limit).map((raw) => ({
          roomId: raw.room_id,
          name: raw.name ?? null,
          canonicalAlias: raw.canonical_alias ?? null,
          joinedMembers: raw.num_joined_members,
          isSpace: raw.room_type === 'm.space',
          joinRule: raw.join_rule ?? null,
          children: raw.children_state.map(({ state_key }) => state_key),
          raw,
        })),
        more: from !== undefined || rooms.length > limit,
      };
    },

    async forwardExtremities(roomId) {
      const path = roomPath(roomId, 'forward_extremities');
      return (await http.call(extremities(), { method: 'GET', path })).results.map((raw) => ({
        eventId: raw.event_id,
        depth: raw.depth,
        receivedAt: raw.received_ts ?? undefined,
        raw,
      }));
    },

    async deleteForwardExtremities(roomId) {
      const path = roomPath(roomId, 'forward_extremities');
      return (await http.call(z.looseObject({ deleted: z.number() }), { method: 'DELETE', path })).deleted;
    },

    async media(roomId) {
      const path = `${admin}/room/${part(roomId)}/media`;
      try {
        const { local, remote } = await mediaHttp.call(mediaList(), { method: 'GET', path, repeatable: false });
        // One that leads nowhere, sent by anybody, must not hide the others from whoever looks them up.
        const addresses = (list: readonly string[]) => [...new Set(list.filter(isMxc))];
        return { local: addresses(local), remote: addresses(remote), partial: false };
      } catch (error) {
        if (error instanceof Problem && error.code === 'unavailable') return mediaByEvents(roomId);
        throw error;
      }
    },
  };
}

function pickRedaction({ unsigned }: Readonly<Record<string, unknown>>) {
  const { redacted_because, redacted_by } = { ...(unsigned as Record<string, unknown> | undefined) };
  return { redacted_because, redacted_by };
}
