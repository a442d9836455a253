/** A purge of a room's history that the homeserver goes on with by itself; it forgets it some days after its end. */
export interface Purge {
  readonly purgeId: string;
  /** `scheduled`: waits for its turn. */
  readonly state: 'scheduled' | 'active' | 'complete' | 'failed' | 'cancelled';
  /** The homeserver's own words. */
  readonly error: string | undefined;
}

export interface PurgeOrder {
  /** All before this event, or before this time (epoch ms). */
  readonly before: { readonly eventId: string } | { readonly at: number };
  /** Also what was sent from this server, of which there may be no other copy. */
  readonly deleteLocal: boolean;
}

/** The server's way of forgetting a room's old messages. */
export interface Purges {
  /** Its id. Throws Problem('conflict') while the room is purged already, `not-found` where nothing is that old. */
  start(roomId: string, order: PurgeOrder): Promise<string>;
  /** `undefined` where the homeserver does not know that id, or not any more. */
  get(purgeId: string): Promise<Purge | undefined>;
  /** Ids of those of a room, newest first. */
  ofRoom(roomId: string): Promise<readonly Purge[]>;
}
