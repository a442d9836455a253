/** Where an account was used from, as far back as the server keeps it. */
export interface Connection {
  readonly ip: string;
  readonly lastSeenAt: number | undefined;
  readonly userAgent: string | null;
  /** The server's own object. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Someone whom the server tells about new messages: an app's push service, or a mail address. */
export interface Pusher {
  readonly kind: string;
  readonly appId: string;
  readonly appName: string | null;
  readonly deviceName: string | null;
  readonly profileTag: string | null;
  readonly language: string | null;
  /** A mail address where the kind is `email`; otherwise as good as a secret. */
  readonly key: string;
  /** Where it goes to, without its query. */
  readonly gateway: string | null;
  /** The server's own object, secrets masked. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** How accounts are used. */
export interface Sessions {
  /** An access token that acts as this local user, without a device; `until` in epoch ms, for ever without it. */
  logInAs(userId: string, until: number | undefined): Promise<string>;
  /** Ends such a token. */
  endToken(userId: string, token: string): Promise<void>;
  /** Newest first; of an unknown account none. */
  connections(userId: string): Promise<readonly Connection[]>;
  pushers(userId: string): Promise<readonly Pusher[]>;
}
