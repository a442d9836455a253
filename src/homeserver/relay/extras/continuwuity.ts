import { readEnvelope } from '../failure.ts';
import { continuwuityUsers } from './continuwuity-users.ts';
import { dump, type ExtraOrders, type Getters, getterOrder } from './extra-orders.ts';
import { sharedExtras } from './shared-extras.ts';

const debugGetters: Getters = {
  time: { takes: [0, 0] },
};

const queryGetters: Getters = {
  'users count-users': { takes: [0, 0] },
};

/** What continuwuity has beside what the others have too (texts from its source). */
export const continuwuityExtras: ExtraOrders = {
  ...sharedExtras,
  ...continuwuityUsers,
  debug: (input) => getterOrder(['debug'], debugGetters, input, dump(readEnvelope)),
  query: (input) => getterOrder(['query'], queryGetters, input, dump(readEnvelope)),
};
