import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Parts of Node that few need at once. Imported, `node:http` would bring along the WebSocket that it also exports, which
 * takes 10 MiB and 15 ms.
 */
export const lateNode = {
  http: (): typeof import('node:http') => require('node:http'),
  https: (): typeof import('node:https') => require('node:https'),
  readline: (): typeof import('node:readline/promises') => require('node:readline/promises'),
};
