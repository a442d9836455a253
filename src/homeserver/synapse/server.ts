import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import type { Server } from '../server.ts';
import type { SynapseHttp } from './http.ts';

const versions = once(() =>
  z.looseObject({
    versions: z.array(z.string()),
    unstable_features: z.record(z.string(), z.boolean()).default({}),
  }),
);

/** It takes a restart of the server to change who keeps its accounts; a list of them asks for each. */
const delegationKnownMs = 5_000;

/** What the server says of itself. */
export function createSynapseServer(http: SynapseHttp): Server {
  let delegation: { readonly is: boolean; readonly at: number } | undefined;

  /** Client-server API, "OAuth 2.0 API": only a server with such a service has this address. */
  async function delegates(): Promise<boolean> {
    try {
      return (
        (await http.find(z.looseObject({}), { method: 'GET', path: '/_matrix/client/v1/auth_metadata' })) !== undefined
      );
    } catch (error) {
      if (error instanceof Problem && error.code === 'unsupported') return false;
      throw error;
    }
  }

  return {
    async version() {
      const answer = z.looseObject({ server_version: z.string() });
      return (await http.call(answer, { method: 'GET', path: '/_synapse/admin/v1/server_version' })).server_version;
    },

    async features() {
      const answer = await http.call(versions(), { method: 'GET', path: '/_matrix/client/versions' });
      return { versions: answer.versions, unstable: new Map(Object.entries(answer.unstable_features)) };
    },

    async delegatesAccounts() {
      const now = performance.now();
      if (delegation === undefined || now - delegation.at > delegationKnownMs)
        delegation = { is: await delegates(), at: now };
      return delegation.is;
    },
  };
}
