/** Node with matrix-bot-sdk and nothing else; the native crypto module stands empty where it does not load. */
import Module, { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const requireOfSdk = createRequire(require.resolve('matrix-bot-sdk'));
const path = requireOfSdk.resolve('@matrix-org/matrix-sdk-crypto-nodejs');
try {
  requireOfSdk(path);
} catch {
  const empty = new Module(path);
  empty.loaded = true;
  requireOfSdk.cache[path] = empty;
}
process.noDeprecation = true;
const { MatrixClient } = await import('matrix-bot-sdk');
process.stdout.write(`ready ${MatrixClient.name}\n`);
setInterval(() => undefined, 60_000);
