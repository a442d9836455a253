import { z } from 'zod';
import { Problem } from '../../core/problem.ts';
import type { Server } from '../server.ts';
import type { SynapseHttp } from './http.ts';

const versions = z.looseObject({
  versions: z.array(z.string()),
  unstable_features: z.record(z.string(), z.boolean()).default({}),
});

/** What the server says of itself. */
export function createSynapseServer(http: SynapseHttp): Server {
  return {
    async version() {
      const answer = z.looseObject({ server_version: z.string() });
      return (await http.call(answer, { method: 'GET', path: '/_synapse/admin/v1/server_version' })).server_version;
    },

    async features() {
      const answer = await http.call(versions, { method: 'GET', path: '/_matrix/client/versions' });
      return { versions: answer.versions, unstable: new Map(Object.entries(answer.unstable_features)) };
    },

    async delegatesAccounts() {
      // Client-server API, "OAuth 2.0 API": only a server with such a service has this address.
      const path = '/_matrix/client/v1/auth_metadata';
      try {
        return (await http.find(z.looseObject({}), { method: 'GET', path })) !== undefined;
      } catch (error) {
        if (error instanceof Problem && error.code === 'unsupported') return false;
        throw error;
      }
    },
  };
}
