import { LogService, MatrixClient } from 'matrix-bot-sdk';
import { z } from 'zod';
import { once } from '../core/once.ts';
import { Problem } from '../core/problem.ts';
import { type Http, MatrixFault } from '../http.ts';
import type { Log } from '../log.ts';
import type { ReadMessages } from './backfill.ts';
import { DeadToken, isDeadToken } from './dead-token.ts';
import { faultFields } from './fault-fields.ts';
import { SyncHealth } from './health.ts';
import { instanceType } from './instance.ts';
import type { Content, RoomEvent } from './matrix.ts';
import { backoffMs, pause } from './pause.ts';
import { roomEvent } from './room-event.ts';
import { sdkLog } from './sdk-log.ts';
import type { Storage } from './storage.ts';
import { syncFilter } from './sync-filter.ts';
import { missedIn, type Timeline, timelines } from './timeline.ts';

const syncPath = '/_matrix/client/v3/sync';
const positionName = 'sync-position';

/** How long the server may hold a sync, and how long we wait for it before the connection counts as dead. */
const longPoll = { holdMs: 20_000, waitMs: 30_000 };

const syncAnswer = once(() =>
  z.looseObject({
    next_batch: z.string().min(1),
    account_data: z.looseObject({ events: z.array(z.looseObject({ type: z.string() })) }).optional(),
    rooms: z.looseObject({ join: timelines().optional(), leave: timelines().optional() }).optional(),
  }),
);
type SyncAnswer = z.infer<ReturnType<typeof syncAnswer>>;

const ownMembership = once(() =>
  z.object({
    type: z.literal('m.room.member'),
    state_key: z.string(),
    content: z.object({ membership: z.string() }),
    unsigned: z.object({ prev_content: z.object({ membership: z.string().optional() }).optional() }).optional(),
  }),
);

export interface ClientOptions {
  readonly homeserverUrl: string;
  readonly userId: string;
  /** Repeats what may be repeated. */
  readonly http: Http;
  /** Says at once when something is wrong. */
  readonly httpOnce: Http;
  readonly storage: Storage;
  readonly log: Log;
  /** Aborted by `stop`. */
  readonly stopping: AbortController;
}

/** Where the events go. */
export interface Listener {
  readonly roomId: string;
  /** Rooms whose events come too. */
  readonly alsoRoomIds: readonly string[];
  readonly onEvent: (event: RoomEvent) => void;
  readonly onAccountData: ((type: string, content: Content) => void) | undefined;
  /** False for what `onEvent` would do nothing about; of a long gap it is then not held. */
  readonly matters: (event: RoomEvent) => boolean;
}

/**
 * matrix-bot-sdk's client with its faults cured by overriding: requests go through our own transport (and the SDK is
 * never given the token), the sync loop delivers at least once, fills gaps, sees a dead token and stops at once, and
 * nothing is emitted to the listeners that the SDK itself has on invites.
 */
export class CastellanClient extends MatrixClient {
  readonly health = new SyncHealth();
  private readonly options: ClientOptions;
  private listener: Listener | undefined;
  /** Failed syncs in a row. */
  private failures = 0;
  private position: string | undefined;

  constructor(options: ClientOptions) {
    super(options.homeserverUrl, '');
    LogService.setLogger(sdkLog(options.log));
    this.options = options;
    this.removeAllListeners('room.invite');
    this.removeAllListeners('account_data');
  }

  /** Resolves after `stop`; rejects with DeadToken, or with what `onEvent` threw. */
  run(listener: Listener): Promise<void> {
    this.listener = listener;
    return this.startSync();
  }

  override stop(): void {
    super.stop();
    this.options.stopping.abort();
  }

  override getUserId(): Promise<string> {
    return Promise.resolve(this.options.userId);
  }

  override doRequest(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    path: string,
    query?: Record<string, string | number> | null,
    body?: unknown,
    timeoutMs = 60_000,
    _raw = false,
    contentType = 'application/json',
  ): Promise<unknown> {
    return this.options.http({
      method,
      path,
      timeoutMs,
      contentType,
      ...(query === null || query === undefined ? {} : { query }),
      ...(body === null || body === undefined ? {} : { body }),
    });
  }

  private get roomIds(): readonly string[] {
    const { listener } = this;
    return listener === undefined ? [] : [...new Set([listener.roomId, ...listener.alsoRoomIds])];
  }

  private get stopped(): boolean {
    return this.options.stopping.signal.aborted;
  }

  /** The SDK's loop moves the position before the events are handled, sleeps long, and cannot be waited for. */
  protected override async startSync(): Promise<void> {
    this.position = this.options.storage.get(positionName);
    let connected = false;
    while (!this.stopped) {
      let answer: SyncAnswer;
      let events: readonly RoomEvent[];
      try {
        answer = syncAnswer().parse(await this.doSync(this.position ?? '', connected));
        events = await this.processSync(answer);
      } catch (error) {
        if (this.stopped) return;
        connected = false;
        await this.failed(error);
        continue;
      }
      if (!this.kept(events, answer.next_batch)) {
        if (this.stopped) return;
        connected = false;
        await this.notKept();
        continue;
      }
      connected = true;
      this.succeeded();
      this.position = answer.next_batch;
    }
  }

  /**
   * While the connection is in doubt the server is asked for what is there, with no holding: the answer, or its absence,
   * tells soon how things are.
   */
  protected override doSync(since: string, connected = false): Promise<unknown> {
    const baseline = since === '';
    const filter = syncFilter(this.roomIds, baseline ? 0 : 50, [instanceType]);
    return this.options.httpOnce({
      method: 'GET',
      path: syncPath,
      query: { filter, timeout: connected ? longPoll.holdMs : 0, ...(baseline ? {} : { since }) },
      timeoutMs: connected ? longPoll.waitMs : Math.min(10_000 * 2 ** this.failures, 60_000),
    });
  }

  /** Lets the SDK walk our rooms' part of the answer, gaps filled; invites and other rooms are left out of it. */
  protected override async processSync(answer: SyncAnswer): Promise<readonly RoomEvent[]> {
    const { listener, position } = this;
    if (listener === undefined) return [];
    const events: RoomEvent[] = [];
    const join: Record<string, { timeline: { events: unknown[] } }> = {};
    const leave: Record<string, Timeline> = {};
    for (const roomId of position === undefined ? [] : this.roomIds) {
      const joined = answer.rooms?.join?.[roomId];
      const left = answer.rooms?.leave?.[roomId];
      if (joined !== undefined && position !== undefined) join[roomId] = await this.whole(roomId, joined, position);
      if (left !== undefined) leave[roomId] = left;
    }
    const walked = { account_data: answer.account_data, rooms: { join, leave } };
    await super.processSync(walked, async (name: string, ...payload: unknown[]) => {
      if (name === 'account_data') {
        const { type, content } = payload[0] as { type: string; content: Content };
        listener.onAccountData?.(type, content);
      }
      if (name !== 'room.event' && name !== 'room.leave') return;
      const event = roomEvent(String(payload[0]), payload[1]);
      if (event !== undefined) events.push(event);
    });
    return events;
  }

  /** A timeline with what the server left out of it, and without what was sent before the bot came in. */
  private async whole(roomId: string, room: Timeline, since: string): Promise<{ timeline: { events: unknown[] } }> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages`;
    const readMessages: ReadMessages = (query) => this.doRequest('GET', path, query);
    const missed = await missedIn(readMessages, room, since, (event) => this.isWanted(event));
    if (missed.length > 0)
      this.options.log.info({ count: missed.length }, 'read what was sent while the sync was away');
    const all = [...missed, ...room.timeline.events];
    const cameIn = all.findLastIndex((event) => this.isOwnArrival(event));
    const readable = all.slice(Math.max(0, cameIn)).filter((event) => roomEvent(roomId, event) !== undefined);
    const unread = all.length - Math.max(0, cameIn) - readable.length;
    if (unread > 0) this.options.log.warn({ count: unread }, 'left out what could not be read as an event');
    return { timeline: { events: readable } };
  }

  private isWanted(event: unknown): boolean {
    const { roomId = '', matters } = this.listener ?? {};
    const read = roomEvent(roomId, event);
    return read === undefined || matters === undefined || matters(read);
  }

  private isOwnArrival(event: unknown): boolean {
    const { success, data } = ownMembership().safeParse(event);
    return (
      success &&
      data.state_key === this.options.userId &&
      data.content.membership === 'join' &&
      // A new display name is a join after a join.
      data.unsigned?.prev_content?.membership !== 'join'
    );
  }

  private succeeded(): void {
    if (this.failures > 0) this.options.log.info({}, 'the sync is back');
    this.failures = 0;
    this.health.well();
  }

  /** Hands the events on and moves the position. False where the disk is full, which passes, or after `stop`. */
  private kept(events: readonly RoomEvent[], nextBatch: string): boolean {
    let whole = true;
    const tolerant = (store: () => void): void => {
      try {
        store();
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'unavailable') throw error;
        whole = false;
      }
    };
    for (const event of events) {
      if (this.stopped) return false;
      // Each of them is heard of, so that each is answered, though it be by a refusal.
      tolerant(() => this.listener?.onEvent(event));
    }
    if (this.stopped) return false;
    // Only now: whoever dies before this line is given the same events again.
    if (whole) tolerant(() => this.options.storage.set(positionName, nextBatch));
    return whole;
  }

  private async notKept(): Promise<void> {
    this.health.lost();
    this.failures++;
    if (this.failures === 1)
      this.options.log.error({}, 'what came could not be stored; asking for it again until it can');
    await pause(backoffMs(this.failures), this.options.stopping.signal);
  }

  private async failed(error: unknown): Promise<void> {
    const { httpOnce, log, stopping } = this.options;
    this.health.lost();
    if (await isDeadToken(error, httpOnce, stopping.signal)) throw new DeadToken();
    this.failures++;
    const fields = faultFields(error);
    if (this.failures === 1) log.warn(fields, 'no sync from the homeserver; trying again until there is one');
    else log.debug(fields, 'still no sync from the homeserver');
    const asked = error instanceof MatrixFault ? (error.retryAfterMs ?? 0) : 0;
    await pause(Math.max(backoffMs(this.failures), asked), stopping.signal);
  }
}
