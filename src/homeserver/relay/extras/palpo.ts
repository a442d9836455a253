import type { ExtraOrders } from './extra-orders.ts';

/**
 * What Palpo alone has: nothing. Its room has the accounts, rooms, files, bridges and switches of the others, and leaves
 * out what they have beside these (palpo.md, section 1; `debug` is there in its source, and not among its commands).
 */
export const palpoExtras: ExtraOrders = {};
