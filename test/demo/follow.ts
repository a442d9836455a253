import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError, type RoomEvent, type TestClient } from '../homeserver/client.ts';

const client = '/_matrix/client/v3';
const waitLimitMs = 120_000;

/** An event of the admin room, or of the direct room that the bot opened. */
export interface Seen {
  readonly event: RoomEvent;
  readonly direct: boolean;
}

export interface Follower {
  /** The first event, past or to come, for which `predicate` holds; rejects after a minute. */
  until(predicate: (event: RoomEvent) => boolean): Promise<RoomEvent>;
  /** Resolves with the reason when the room cannot be followed any more: the user was logged out, say. */
  readonly lost: Promise<Error>;
  stop(): void;
}

interface Sync {
  readonly next_batch: string;
  readonly rooms?: {
    readonly join?: Record<string, { readonly timeline: { readonly events: readonly RoomEvent[] } }>;
    readonly invite?: Record<string, { readonly invite_state: { readonly events: readonly RoomEvent[] } }>;
  };
}

/** Follows the admin room from now on, goes into the direct rooms that the bot invites to, and tells of every event. */
export async function follow(
  user: TestClient,
  rooms: { readonly adminRoom: string; readonly botId: string },
  onSeen: (seen: Seen, earlier: ReadonlyMap<string, RoomEvent>) => void,
): Promise<Follower> {
  const sync = (query: string) => user.request<Sync>('GET', `${client}/sync?${query}`);
  const events = new Map<string, RoomEvent>();
  const waiting = new Set<(event: RoomEvent) => void>();
  let stopped = false;
  let since = (await sync('timeout=0')).next_batch;

  async function acceptInvites({ rooms: now }: Sync): Promise<void> {
    for (const [roomId, { invite_state }] of Object.entries(now?.invite ?? {})) {
      const mine = invite_state.events.find((event) => event.state_key === user.userId);
      if (mine?.sender === rooms.botId) await user.join(roomId);
    }
  }

  function tell({ rooms: now }: Sync): void {
    const seen = Object.entries(now?.join ?? {}).flatMap(([roomId, { timeline }]) =>
      timeline.events.map((event) => ({ event, direct: roomId !== rooms.adminRoom })),
    );
    // A password comes before the answer that speaks of it.
    seen.sort((one, other) => one.event.origin_server_ts - other.event.origin_server_ts);
    for (const one of seen) {
      if (events.has(one.event.event_id)) continue;
      onSeen(one, events);
      events.set(one.event.event_id, one.event);
      for (const look of waiting) look(one.event);
    }
  }

  async function run(): Promise<Error> {
    while (!stopped) {
      try {
        const answer = await sync(`timeout=20000&since=${encodeURIComponent(since)}`);
        await acceptInvites(answer);
        tell(answer);
        since = answer.next_batch;
      } catch (error) {
        if (error instanceof HttpError) return error;
        // There is no connection, for now.
        await sleep(200);
      }
    }
    return new Error('stopped');
  }

  return {
    lost: run(),
    stop() {
      stopped = true;
    },
    until(predicate) {
      return new Promise((resolve, reject) => {
        const found = [...events.values()].find(predicate);
        if (found !== undefined) return resolve(found);
        const tooLate = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no answer within ${waitLimitMs / 1000} s`));
        }, waitLimitMs);
        const look = (event: RoomEvent) => {
          if (!predicate(event)) return;
          waiting.delete(look);
          clearTimeout(tooLate);
          resolve(event);
        };
        waiting.add(look);
      });
    },
  };
}
