/** An event of a room as this server keeps it; its content is somebody else's and unchecked. */
export interface StoredEvent {
  readonly eventId: string;
  readonly roomId: string;
  readonly type: string;
  /** Only of state. */
  readonly stateKey: string | undefined;
  readonly sender: string;
  /** By the clock of the sender's server. */
  readonly sentAt: number;
  /** What is left of it, where it was redacted. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly redaction: { readonly by: string; readonly reason: string | undefined } | undefined;
  /** The server's own object, without a content that was redacted. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** One event by its id. `withheld`: the server does not say whether it was redacted, so that its content is left out. */
export interface FoundEvent extends StoredEvent {
  readonly withheld: boolean;
}

export interface HierarchyRoom {
  readonly roomId: string;
  readonly name: string | null;
  readonly canonicalAlias: string | null;
  readonly joinedMembers: number;
  readonly isSpace: boolean;
  readonly joinRule: string | null;
  /** Rooms that this one names as belonging to it. */
  readonly children: readonly string[];
  readonly raw: Readonly<Record<string, unknown>>;
}

/** An event at the end of a room's history, on which the next one will build. */
export interface ForwardExtremity {
  readonly eventId: string;
  readonly depth: number;
  readonly receivedAt: number | undefined;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** What is in a room. The server knows the room (`Rooms.get`): it answers some of this wrongly for others. */
export interface RoomData {
  /** Current state, of one type or all; none where nobody of this server is in the room any more. */
  state(roomId: string, type?: string): Promise<readonly StoredEvent[]>;
  /** Events from the newest, or from the oldest, page by page. */
  messages(roomId: string, pageSize: number, oldestFirst: boolean): AsyncIterable<readonly StoredEvent[]>;
  /** `undefined` where this server does not know it. */
  event(eventId: string): Promise<FoundEvent | undefined>;
  /** The first event at or after a time, or the last at or before it; other servers may be asked. */
  eventAt(
    roomId: string,
    time: number,
    direction: 'after' | 'before',
  ): Promise<{ readonly eventId: string; readonly sentAt: number } | undefined>;
  /** The room and, of a space, all that is below it and known here; at most `limit` of them. */
  hierarchy(
    roomId: string,
    limit: number,
  ): Promise<{ readonly rooms: readonly HierarchyRoom[]; readonly more: boolean }>;
  forwardExtremities(roomId: string): Promise<readonly ForwardExtremity[]>;
  /** All but the newest; returns how many. */
  deleteForwardExtremities(roomId: string): Promise<number>;
  /** MXCs of the files that unencrypted events name. `partial`: without those of redacted events. */
  media(roomId: string): Promise<{
    readonly local: readonly string[];
    readonly remote: readonly string[];
    readonly partial: boolean;
  }>;
}
