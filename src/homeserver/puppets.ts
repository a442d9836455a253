/**
 * What is done as a local user, with a token that ends with it. The user is not locked, and not the bot.
 * Throws `Problem('unsupported')` where accounts are another service's, `Problem('conflict')` where the account's
 * state does not allow it.
 */
export interface Puppets {
  /** Leaves a room, or declines an invite to it. */
  leave(userId: string, roomId: string): Promise<void>;
  /** Takes the user out of the room's power levels, so that it has what everybody has. */
  demote(userId: string, roomId: string): Promise<void>;
  /** A room's tags with their order, where they have one. */
  tags(userId: string, roomId: string): Promise<ReadonlyMap<string, number | undefined>>;
  putTag(userId: string, roomId: string, tag: string, order: number | undefined): Promise<void>;
  /** State with an empty key. Also as the bot, in rooms that it is in. */
  setState(userId: string, roomId: string, type: string, content: Readonly<Record<string, unknown>>): Promise<void>;
  deleteTag(userId: string, roomId: string, tag: string): Promise<void>;
  /** An event and its edits, of which it returns the number. Also as the bot, in rooms that it is in. */
  redactEvent(userId: string, roomId: string, eventId: string, reason: string | undefined): Promise<number>;
}
