/** From the most to the least power. */
export const roles = ['owner', 'admin', 'moderator', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** Who asks, from where, and what the command may take for granted. */
export interface Asker {
  readonly userId: string;
  readonly role: Role;
  /** The event of the command, or `shell:<id>`. */
  readonly source: string;
}
