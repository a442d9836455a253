import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { HttpRequest } from '../../http.ts';
import type { SynapseHttp } from './http.ts';

const madeToken = once(() => z.looseObject({ access_token: z.string() }));

/**
 * A token that acts as another local user (Synapse manual, "Login as a user"): it belongs to the bot's account, has no
 * device, and ends at `until` (epoch ms), or never. A time in the past is taken by Synapse too.
 */
export async function logInAs(http: SynapseHttp, userId: string, until: number | undefined): Promise<string> {
  const path = `/_synapse/admin/v1/users/${encodeURIComponent(userId)}/login`;
  return (await http.call(madeToken(), { method: 'POST', path, body: { valid_until_ms: until } })).access_token;
}

/** Ends such a token. */
export async function logOut(http: SynapseHttp, actingAs: NonNullable<HttpRequest['actingAs']>): Promise<void> {
  // Repeated as often as it takes: a second time does nothing more.
  const request = { method: 'POST', path: '/_matrix/client/v3/logout', body: {}, repeatable: true } as const;
  await http.call(z.looseObject({}), { ...request, actingAs });
}
