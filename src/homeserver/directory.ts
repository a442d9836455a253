/** Where an alias leads, and the servers through which that room can be joined. */
export interface AliasTarget {
  readonly roomId: string;
  readonly servers: readonly string[];
}

/** The server's aliases and its public list of rooms. */
export interface Directory {
  /** Where an alias of any server leads; `undefined`: nowhere. */
  find(alias: string): Promise<AliasTarget | undefined>;
  /**
   * Points a free alias of this server at a room; `servers`: those that are in it unless told, and nobody needs to be.
   * Throws Problem('exists') for one that is taken, and only when nothing else speaks against it.
   */
  add(alias: string, roomId: string, servers?: readonly string[]): Promise<void>;
  /** Takes it out of the room's canonical alias too, where the bot has the power. One that is gone already is a success. */
  remove(alias: string): Promise<void>;
  /** Content of `m.room.canonical_alias`, where the bot has the power. */
  setCanonicalAlias(roomId: string, content: Readonly<Record<string, unknown>>): Promise<void>;
  isPublished(roomId: string): Promise<boolean>;
  setPublished(roomId: string, published: boolean): Promise<void>;
}
