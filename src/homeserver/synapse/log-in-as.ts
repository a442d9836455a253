import { z } from 'zod';
import { type Http, MatrixFault } from '../../http.ts';
import type { SynapseHttp } from './http.ts';

const madeToken = z.looseObject({ access_token: z.string() });

/**
 * A token that acts as another local user (Synapse manual, "Login as a user"): it belongs to the bot's account, has no
 * device, and ends at `until` (epoch ms), or never. A time in the past is taken by Synapse too.
 */
export async function logInAs(http: SynapseHttp, userId: string, until: number | undefined): Promise<string> {
  const path = `/_synapse/admin/v1/users/${encodeURIComponent(userId)}/login`;
  return (await http.call(madeToken, { method: 'POST', path, body: { valid_until_ms: until } })).access_token;
}

/** Ends a token; `http` goes out with it. One that has ended already is a success. */
export async function logOut(http: Http): Promise<void> {
  try {
    // Repeated as often as it takes: a second time does nothing more.
    await http({ method: 'POST', path: '/_matrix/client/v3/logout', body: {}, repeatable: true });
  } catch (error) {
    if (!(error instanceof MatrixFault && error.errcode === 'M_UNKNOWN_TOKEN')) throw error;
  }
}
