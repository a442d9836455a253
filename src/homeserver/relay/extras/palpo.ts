import type { ExtraOrders } from './extra-orders.ts';

/** What Palpo alone has (texts from its source). */
export const palpoExtras: ExtraOrders = {};
