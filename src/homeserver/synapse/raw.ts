import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { Raw } from '../raw.ts';
import type { SynapseHttp } from './http.ts';

const client = '/_matrix/client/v3';
const whoAmI = once(() => z.looseObject({ user_id: z.string() }));
const session = once(() => z.looseObject({ access_token: z.string(), device_id: z.string() }));

/** Requests as somebody typed them. */
export function createSynapseRaw(http: SynapseHttp, anonymous: SynapseHttp): Raw {
  return {
    async send({ method, path, body, token }) {
      const request = { method, path, ...(body === undefined ? {} : { body }) };
      if (token === undefined) return http.call(z.unknown(), request);
      // Whose it is decides what the never-list lets it do.
      const unknown = { userId: '', token };
      const owner = { method: 'GET' as const, path: `${client}/account/whoami`, actingAs: unknown };
      const { user_id: userId } = await http.call(whoAmI(), owner);
      return http.call(z.unknown(), { ...request, actingAs: { userId, token } });
    },

    async logIn(userId, password) {
      const answer = await anonymous.call(session(), {
        method: 'POST',
        path: `${client}/login`,
        body: {
          type: 'm.login.password',
          identifier: { type: 'm.id.user', user: userId },
          password,
          initial_device_display_name: 'Castellan, matrix login',
        },
      });
      return { token: answer.access_token, deviceId: answer.device_id };
    },
  };
}
