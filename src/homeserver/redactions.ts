/** `scheduled`: waits for its turn at the homeserver. `active`: also while the homeserver is just coming back. */
export type RedactionState = 'scheduled' | 'active' | 'complete' | 'failed' | 'cancelled';

/** A redaction of what one account wrote, that the homeserver goes on with by itself; it forgets it a week after its end. */
export interface Redaction {
  readonly redactionId: string;
  readonly userId: string;
  readonly state: RedactionState;
  /** Event ids with the homeserver's own words, as far as it has come. */
  readonly refused: ReadonlyMap<string, string>;
  /** Why it failed as a whole, in the homeserver's own words. */
  readonly error: string | undefined;
  /** When it last moved on, in epoch ms. */
  readonly changedAt: number;
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface RedactionOrder {
  /** Each is known to the server: one that is not ends the whole redaction. */
  readonly rooms: readonly string[];
  /** So many of the newest are looked at in each room; those that were redacted before count too. */
  readonly limit: number;
  readonly reason: string | undefined;
}

/** What somebody wrote in a room, as far as redacting reaches it: messages and joins. */
export interface Written {
  /** All that counts towards a limit, also what is redacted already. */
  readonly total: number;
  /** What can still be read, the oldest first; `nth`: its place among all of the total, from 1. */
  readonly readable: readonly { readonly eventId: string; readonly nth: number }[];
}

/** Taking back what people wrote. */
export interface Redactions {
  /** In the name of a local account; returns its id. Throws `Problem('conflict')` while one of that account is under way. */
  start(userId: string, order: RedactionOrder): Promise<string>;
  /** `undefined` where the homeserver does not know it, or not any more. */
  get(redactionId: string): Promise<Redaction | undefined>;
  ofUser(userId: string): Promise<readonly Redaction[]>;
  /** Nothing at all in a room that this server does not know. */
  written(userId: string, roomId: string): Promise<Written>;
  /** One event, in the bot's own name; may be done twice. */
  redact(roomId: string, eventId: string, reason: string | undefined): Promise<void>;
}
