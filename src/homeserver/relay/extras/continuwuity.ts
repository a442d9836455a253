import { readEnvelope } from '../failure.ts';
import { continuwuityDebug, continuwuityQuery } from './continuwuity-getters.ts';
import { continuwuityServer } from './continuwuity-server.ts';
import { continuwuityUsers } from './continuwuity-users.ts';
import { dump, type ExtraOrders, getterOrder } from './extra-orders.ts';
import { sharedExtras } from './shared-extras.ts';

/** What continuwuity has beside what the others have too (texts from its source). */
export const continuwuityExtras: ExtraOrders = {
  ...sharedExtras,
  ...continuwuityUsers,
  ...continuwuityServer,
  debug: (input) => getterOrder(['debug'], continuwuityDebug, input, dump(readEnvelope)),
  query: (input) => getterOrder(['query'], continuwuityQuery, input, dump(readEnvelope)),
};
