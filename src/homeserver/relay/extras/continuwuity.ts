import { readEnvelope } from '../failure.ts';
import { aboutUser, whole } from '../readers.ts';
import { does, dump, type ExtraOrders, type Getters, getterOrder, prints } from './extra-orders.ts';

const debugGetters: Getters = {
  time: { takes: [0, 0] },
};

const queryGetters: Getters = {
  'users count-users': { takes: [0, 0] },
};

/** What continuwuity has beside what the others have too (texts from its source). */
export const continuwuityExtras: ExtraOrders = {
  'user disable-login': ({ user }) =>
    does(
      ['users', 'disable-login'],
      [user],
      aboutUser(/(@\S+) can no longer log in\. Their existing sessions remain unaffected\./, user),
    ),
  'server uptime': () =>
    prints(
      ['server', 'uptime'],
      [],
      whole(/([^\n]+)\./, (said) => said),
    ),
  debug: (input) => getterOrder(['debug'], debugGetters, input, dump(readEnvelope)),
  query: (input) => getterOrder(['query'], queryGetters, input, dump(readEnvelope)),
};
