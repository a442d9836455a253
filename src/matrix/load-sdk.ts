import Module, { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * What the SDK loads for things that this bot does not do: serving as a bridge, cleaning HTML, keeping files and
 * databases, its own HTTP. They are three quarters of its time and of its memory. The crypto module is native and fetched
 * from the internet when it is installed, and does not load where that failed; the bot takes no encryption.
 */
export const unused = [
  '@matrix-org/matrix-sdk-crypto-nodejs',
  'express',
  'html-to-text',
  'lowdb',
  'lowdb/adapters/FileSync',
  'morgan',
  'postgres',
  'request',
  'sanitize-html',
] as const;

/** A module that can be loaded, and fails by name where somebody uses it after all. */
function standIn(name: string): object {
  const fail = () => {
    throw new Error(`${name} is left out of what the Matrix SDK loads (load-sdk.ts)`);
  };
  return new Proxy(fail, { get: (_, key) => (typeof key === 'symbol' || key === '__esModule' ? undefined : fail) });
}

/** Loads our client, and with it matrix-bot-sdk without what it does not need here. */
export async function loadSdk(): Promise<typeof import('./client.ts')> {
  const requireOfSdk = createRequire(require.resolve('matrix-bot-sdk'));
  for (const name of unused) {
    const path = requireOfSdk.resolve(name);
    if (path in requireOfSdk.cache) continue;
    const empty = new Module(path);
    empty.loaded = true;
    empty.exports = standIn(name);
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
