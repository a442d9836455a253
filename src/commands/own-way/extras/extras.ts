import type { AnyCommand } from '../../define.ts';
import { federationExtras } from './federation.ts';
import { getterExtras } from './getters.ts';
import { mediaBlockExtras } from './media-blocks.ts';
import { mediaPurgeExtras } from './media-purges.ts';
import { serverExtras } from './server.ts';
import { signingExtras } from './signing.ts';
import { userExtras } from './user.ts';

/** The commands for what only some homeservers have, in their own admin rooms. */
export const extras: readonly AnyCommand[] = [
  ...userExtras,
  ...mediaBlockExtras,
  ...mediaPurgeExtras,
  ...federationExtras,
  ...serverExtras,
  ...signingExtras,
  ...getterExtras,
];
