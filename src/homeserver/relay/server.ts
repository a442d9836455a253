import { Problem } from '../../core/problem.ts';
import type { Server } from '../server.ts';
import { viaClient } from './client-problem.ts';
import type { RelayParts } from './parts.ts';

/** What a homeserver says of itself to everybody. */
export function createRelayServer({ matrix }: RelayParts): Server {
  const read = async (path: string): Promise<Record<string, unknown>> => ({
    ...((await viaClient(() => matrix.request('GET', path))) as object),
  });
  return {
    async version() {
      const { server } = await read('/_matrix/federation/v1/version').catch((error: unknown) => {
        // Where federation has an address of its own, that is not ours.
        if (error instanceof Problem && error.code === 'not-found') return { server: undefined };
        throw error;
      });
      const { name, version }: Record<string, unknown> = { ...(server as object | undefined) };
      const words = [name, version].filter((word) => typeof word === 'string');
      return words.length === 0 ? '(does not tell its version here)' : words.join(' ');
    },
    async features() {
      const { versions, unstable_features } = await read('/_matrix/client/versions');
      return {
        versions: Array.isArray(versions) ? versions.map(String) : [],
        unstable: new Map(
          Object.entries({ ...(unstable_features as object | undefined) }).map(([key, on]) => [key, on === true]),
        ),
      };
    },
    delegatesAccounts: async () => false,
  };
}
