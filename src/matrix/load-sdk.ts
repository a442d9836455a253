import Module, { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Loads our client, and with it matrix-bot-sdk. The SDK requires a native crypto module that is fetched from the
 * internet when it is installed, and does not load where that failed. It touches nothing of it as long as no
 * encryption is asked for, so an empty module stands in; where the native one is present, nothing is replaced.
 */
export async function loadSdk(): Promise<typeof import('./client.ts')> {
  const requireOfSdk = createRequire(require.resolve('matrix-bot-sdk'));
  const path = requireOfSdk.resolve('@matrix-org/matrix-sdk-crypto-nodejs');
  try {
    requireOfSdk(path);
  } catch {
    const empty = new Module(path);
    empty.loaded = true;
    requireOfSdk.cache[path] = empty;
  }
  // Loading it uses a function that Node has deprecated; nobody who runs the bot can do anything about that.
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return await import('./client.ts');
  } finally {
    process.noDeprecation = noDeprecation ?? false;
  }
}
