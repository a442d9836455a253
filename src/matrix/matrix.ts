/** The whole of what the rest of Castellan sees of Matrix; made by `connect.ts`, the only way to the SDK. */

/** An event as it came; `content` is somebody else's and unchecked. */
export interface RoomEvent {
  readonly roomId: string;
  readonly eventId: string;
  readonly type: string;
  readonly sender: string;
  readonly stateKey: string | undefined;
  readonly content: Readonly<Record<string, unknown>>;
  readonly redacted: boolean;
  /** Milliseconds since the event was sent, by the server's clock, when this copy was handed over. */
  readonly ageMs: number;
  readonly originServerTs: number;
}

export type Content = Readonly<Record<string, unknown>>;

/** `lost`: no sync has come through since `since` (epoch ms). */
export type Health = { readonly state: 'starting' | 'well' } | { readonly state: 'lost'; readonly since: number };

export interface SyncOptions {
  /** Rooms whose events come too, such as the homeserver's own admin room. */
  readonly alsoRoomIds?: readonly string[];
  /** False for what `onEvent` would do nothing about. */
  readonly matters?: (event: RoomEvent) => boolean;
}

export interface Matrix {
  readonly userId: string;
  readonly serverName: string;
  readonly deviceId: string | undefined;
  health(): Health;
  /**
   * Runs the sync until `stop`. `onEvent` is called with every timeline event of the bound room, in order, back-filled
   * ones included, and with the bot's own events; it must have stored durably what matters when it returns, since the
   * position moves after it. It must not throw. `onAccountData` gets the account data of `instance.ts`, before the events
   * that came with it. Where `onEvent` throws Problem `unavailable`, the same events come again until it does not. Rejects
   * with DeadToken.
   */
  sync(
    roomId: string,
    onEvent: (event: RoomEvent) => void,
    onAccountData?: (type: string, content: Content) => void,
    options?: SyncOptions,
  ): Promise<void>;
  /** Ends the sync and every request within a second. */
  stop(): void;
  /** Client API call; `path` from `/_matrix/…`, parts encoded. Throws MatrixFault or NoAnswer. */
  request(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    options?: {
      readonly query?: Readonly<Record<string, string | number | undefined>>;
      readonly repeatable?: boolean;
      readonly timeoutMs?: number;
    },
  ): Promise<unknown>;
  /** The same `transactionId` never makes a second event. */
  send(roomId: string, type: string, content: Content, transactionId: string): Promise<string>;
  redact(roomId: string, eventId: string, reason: string, transactionId: string): Promise<void>;
  /** `undefined` where the event does not exist or cannot be seen. */
  event(roomId: string, eventId: string): Promise<RoomEvent | undefined>;
  /** Content of a state event, `undefined` where there is none. */
  state(roomId: string, type: string, stateKey?: string): Promise<Content | undefined>;
  joinedMembers(roomId: string): Promise<ReadonlySet<string>>;
  /** Newest first, back to the event at which `until` is true or to the beginning, at most `limit` events. */
  history(roomId: string, limit: number, until?: (event: RoomEvent) => boolean): Promise<readonly RoomEvent[]>;
  invite(roomId: string, userId: string): Promise<void>;
  kick(roomId: string, userId: string, reason: string): Promise<void>;
  /** A file of text that was uploaded. Throws MatrixFault or NoAnswer. */
  download(mxc: string): Promise<string>;
  /** Returns the MXC. A file is read while it is sent. */
  upload(
    content: Uint8Array | string | { readonly path: string; readonly size: number },
    mimetype: string,
    filename: string,
  ): Promise<string>;
}
