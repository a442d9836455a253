import type { Role } from '../core/roles.ts';

export type { Role } from '../core/roles.ts';

/** Who asks, from where, and what the command may take for granted. */
export interface Asker {
  readonly userId: string;
  readonly role: Role;
  /** The event of the command, or `shell:<id>`. */
  readonly source: string;
}
