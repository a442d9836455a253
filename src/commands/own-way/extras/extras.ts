import type { AnyCommand } from '../../define.ts';
import { appserviceExtras } from './appservice.ts';
import { checkExtras } from './check.ts';
import { debugExtras } from './debug.ts';
import { federationExtras } from './federation.ts';
import { getterExtras } from './getters.ts';
import { mediaExtras } from './media.ts';
import { oidcExtras } from './oidc.ts';
import { queryExtras } from './query.ts';
import { serverExtras } from './server.ts';
import { userExtras } from './user.ts';

/** The commands for what only some homeservers have, in their own admin rooms. */
export const extras: readonly AnyCommand[] = [
  ...userExtras,
  ...federationExtras,
  ...oidcExtras,
  ...mediaExtras,
  ...serverExtras,
  ...appserviceExtras,
  ...checkExtras,
  ...debugExtras,
  ...queryExtras,
  ...getterExtras,
];
