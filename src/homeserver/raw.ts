/** A request as somebody typed it. `path` begins with a slash and may hold a query. */
export interface RawOrder {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  /** JSON; `undefined`: none. */
  readonly body?: unknown;
  /** With whose token, where it is not the bot's. */
  readonly token?: string;
}

/** Anything the homeserver's API takes; the never-list holds for it as for everything else. */
export interface Raw {
  /** The answer as it came. */
  send(order: RawOrder): Promise<unknown>;
  /** Logs in with a password, on a new device. */
  logIn(userId: string, password: string): Promise<{ readonly token: string; readonly deviceId: string }>;
}
