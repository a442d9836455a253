/** `scheduled`: waits for its turn at the homeserver. `active`: also while the homeserver is just coming back. */
export type DeletionState = 'scheduled' | 'active' | 'complete' | 'failed' | 'cancelled';

/** What a deletion has done up to now. */
export interface DeletionResult {
  /** People of this server who were taken out of the room, invited ones too. */
  readonly removed: readonly string[];
  /** Whom the homeserver could not take out, or not put into the new room. */
  readonly notRemoved: readonly string[];
  /** Local aliases that lead to the new room now. */
  readonly movedAliases: readonly string[];
  readonly newRoomId: string | null;
}

/** A deletion that the homeserver goes on with by itself; it forgets it some days after its end. */
export interface Deletion extends DeletionResult {
  readonly deleteId: string;
  readonly roomId: string;
  readonly state: DeletionState;
  /** The homeserver's own words. */
  readonly error: string | undefined;
  /** When it last moved on, in epoch ms. */
  readonly changedAt: number | undefined;
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface DeletionOrder {
  /** Nobody of this server may join the room any more. */
  readonly block: boolean;
  /** Takes its messages and state out of the database. */
  readonly purge: boolean;
  /** Purges in spite of people of this server who could not be taken out. */
  readonly forcePurge: boolean;
  /** A room made for those who are taken out; `creator`: a local id, of an account or of none. */
  readonly newRoom?: { readonly creator: string; readonly name: string; readonly message: string } | undefined;
}

/** What is left of a room that nobody of this server is in. */
export interface Remains {
  /** The room is at least that old (epoch ms): its creation, or the oldest that is known here. `undefined`: unknown. */
  readonly since: number | undefined;
  /** People of this server whose invite or knock may be open. */
  readonly awaiting: readonly string[];
}

/** The server's own way of taking a room away. It knows no unknown room: deleting one is a success to it. */
export interface Deletions {
  /** Its id. Throws Problem('conflict') while the room is being deleted already. */
  start(roomId: string, order: DeletionOrder): Promise<string>;
  /** The same in one request that is answered when all is done; the server goes on with it where nobody waits. */
  runAtOnce(roomId: string, order: DeletionOrder): Promise<DeletionResult>;
  /** `undefined` where the homeserver does not know that id, or not any more. */
  get(deleteId: string): Promise<Deletion | undefined>;
  /** Newest first. */
  ofRoom(roomId: string): Promise<readonly Deletion[]>;
  remains(roomId: string): Promise<Remains>;
}
