import type { AnyCommand } from '../../define.ts';
import { appserviceExtras } from './appservice.ts';
import { backupExtras } from './backups.ts';
import { checkExtras } from './check.ts';
import { debugExtras } from './debug.ts';
import { federationExtras } from './federation.ts';
import { getterExtras } from './getters.ts';
import { mediaExtras } from './media.ts';
import { mediaBlockExtras } from './media-blocks.ts';
import { mediaPurgeExtras } from './media-purges.ts';
import { oidcExtras } from './oidc.ts';
import { queryExtras } from './query.ts';
import { roomExtras } from './room.ts';
import { serverExtras } from './server.ts';
import { signingExtras } from './signing.ts';
import { userExtras } from './user.ts';
import { userActExtras } from './user-acts.ts';
import { userMailExtras } from './user-mail.ts';
import { userProfileExtras } from './user-profile.ts';

/** The commands for what only some homeservers have, in their own admin rooms. */
export const extras: readonly AnyCommand[] = [
  ...userExtras,
  ...userMailExtras,
  ...userActExtras,
  ...userProfileExtras,
  ...roomExtras,
  ...federationExtras,
  ...oidcExtras,
  ...mediaExtras,
  ...mediaBlockExtras,
  ...mediaPurgeExtras,
  ...serverExtras,
  ...appserviceExtras,
  ...checkExtras,
  ...backupExtras,
  ...signingExtras,
  ...debugExtras,
  ...queryExtras,
  ...getterExtras,
];
