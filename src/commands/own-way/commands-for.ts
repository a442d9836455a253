import type { AnyCommand } from '../define.ts';
import { commands } from '../index.ts';

/** The commands for this kind of backend. Those for a homeserver with a room of its own are loaded only where there is one. */
export async function commandsFor(backend: 'synapse' | 'relay'): Promise<readonly AnyCommand[]> {
  return backend === 'synapse' ? commands : (await import('./with-own-ways.ts')).withOwnWays(commands);
}
