import type { AnyCommand } from '../../define.ts';
import { debugExtras } from './debug.ts';
import { federationExtras } from './federation.ts';
import { getterExtras } from './getters.ts';
import { mediaExtras } from './media.ts';
import { mediaBlockExtras } from './media-blocks.ts';
import { mediaPurgeExtras } from './media-purges.ts';
import { serverExtras } from './server.ts';
import { signingExtras } from './signing.ts';
import { userExtras } from './user.ts';

/** The commands for what only some homeservers have, in their own admin rooms. */
export const extras: readonly AnyCommand[] = [
  ...userExtras,
  ...federationExtras,
  ...mediaExtras,
  ...mediaBlockExtras,
  ...mediaPurgeExtras,
  ...serverExtras,
  ...signingExtras,
  ...debugExtras,
  ...getterExtras,
];
