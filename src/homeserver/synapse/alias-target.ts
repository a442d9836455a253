import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { AliasTarget } from '../directory.ts';
import type { SynapseHttp } from './http.ts';

const target = once(() => z.looseObject({ room_id: z.string(), servers: z.array(z.string()).default([]) }));

/** Where an alias leads (Client-Server API, "GET /directory/room/{roomAlias}"); `undefined`: nowhere. */
export async function aliasTarget(
  http: Pick<SynapseHttp, 'find'>,
  serverName: string,
  alias: string,
): Promise<AliasTarget | undefined> {
  const path = `/_matrix/client/v3/directory/room/${encodeURIComponent(alias)}`;
  // A server that cannot be asked stays so: Synapse's 502 for its alias is not worth a minute of repeats.
  const repeatable = alias.endsWith(`:${serverName}`);
  const found = await http.find(target(), { method: 'GET', path, repeatable });
  return found === undefined ? undefined : { roomId: found.room_id, servers: found.servers };
}
