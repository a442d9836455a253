import type { ExtraOrders } from './extra-orders.ts';

/** What tuwunel alone has (texts from its source). */
export const tuwunelExtras: ExtraOrders = {};
