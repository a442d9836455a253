import type { ExtraOrders } from './extra-orders.ts';

/** What Conduit alone has (texts from its source). */
export const conduitExtras: ExtraOrders = {};
