import type { AnyCommand } from '../../define.ts';
import { getterExtras } from './getters.ts';
import { serverExtras } from './server.ts';
import { userExtras } from './user.ts';

/** The commands for what only some homeservers have, in their own admin rooms. */
export const extras: readonly AnyCommand[] = [...userExtras, ...serverExtras, ...getterExtras];
