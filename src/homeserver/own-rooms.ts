/** Where the bot stands in a room. */
export interface OwnPlace {
  readonly joined: boolean;
  /** The level that the room's power levels give it by name; null where they do not name it. */
  readonly level: number | null;
}

/** The bot's own way into rooms and out again. */
export interface OwnRooms {
  place(roomId: string): Promise<OwnPlace>;
  /** Takes the power of the mightiest local member there and joins; everybody in the room sees it. */
  enter(roomId: string): Promise<void>;
  /**
   * Undoes `enter`, however far it came: as mighty as before, and out of the room unless it was in it before.
   * Throws `Problem('conflict')` where somebody has removed the bot but not its power.
   */
  goBack(roomId: string, before: OwnPlace): Promise<void>;
}
