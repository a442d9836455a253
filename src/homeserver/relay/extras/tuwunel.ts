import { readEnvelope } from '../failure.ts';
import { dump, type ExtraOrders, getterOrder, prints } from './extra-orders.ts';
import { sharedExtras } from './shared-extras.ts';
import { tuwunelDebug, tuwunelQuery } from './tuwunel-getters.ts';
import { readWalks } from './tuwunel-readers.ts';
import { tuwunelRooms } from './tuwunel-rooms.ts';
import { tuwunelServer } from './tuwunel-server.ts';
import { tuwunelUsers } from './tuwunel-users.ts';

const printed = dump(readEnvelope);

/** What tuwunel has beside what the others have too (texts from its source). */
export const tuwunelExtras: ExtraOrders = {
  ...sharedExtras,
  ...tuwunelUsers,
  ...tuwunelRooms,
  ...tuwunelServer,
  'federation incoming-federation': () => {
    const shared = sharedExtras['federation incoming-federation']();
    return prints(shared.words, [], (text) => shared.read(text) ?? readWalks(text));
  },
  debug: (input) => getterOrder(['debug'], tuwunelDebug, input, printed),
  query: (input) => getterOrder(['query'], tuwunelQuery, input, printed),
};
