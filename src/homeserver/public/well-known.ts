import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { WellKnown } from '../well-known.ts';
import { type PublicFetchOptions, publicFetch } from './public-fetch.ts';

const contact = once(() =>
  z.looseObject({
    role: z.string().optional(),
    matrix_id: z.string().optional(),
    email_address: z.string().optional(),
  }),
);
const published = once(() =>
  z.looseObject({
    contacts: z.array(contact()).optional(),
    support_page: z.string().optional(),
  }),
);

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Asks other servers' web sites, within limits of time, size and place. */
export function createWellKnown(options: PublicFetchOptions): WellKnown {
  return {
    async support(serverName) {
      // By its host name alone: the port of a server name is that of its federation.
      const host = serverName.replace(/:\d+$/, '');
      const { status, body } = await publicFetch(`https://${host}/.well-known/matrix/support`, options);
      if (status === 404 || status === 410) return undefined;
      if (status !== 200) throw new Problem('unavailable', say`${code(host)} answers with status ${status}.`);
      const raw = parsed(body);
      const read = published().safeParse(raw);
      if (!read.success)
        throw new Problem('rejected', say`What ${code(host)} publishes there is no support information.`);
      return {
        contacts: (read.data.contacts ?? []).map(({ role, matrix_id, email_address }) => ({
          role,
          matrixId: matrix_id,
          email: email_address,
        })),
        page: read.data.support_page,
        raw,
      };
    },
  };
}
