import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import type { HttpRequest } from '../../http.ts';
import { aliasTarget } from './alias-target.ts';
import type { SynapseHttp } from './http.ts';
import { requestReadings } from './request-readings.ts';

/**
 * The names by which a request may mean the admin room, as they are at this moment: anybody with power in it, or
 * another server admin, may have given it an alias since the bot was started. None where the request names no alias.
 */
export type AdminRoomNames = (request: HttpRequest) => Promise<readonly string[]>;

const answer = once(() => z.looseObject({ aliases: z.array(z.string()) }));

/** `known`: names of the admin room, its id among them. */
export function createAdminRoomNames(
  known: () => readonly string[],
  serverName: string,
  http: SynapseHttp,
): AdminRoomNames {
  async function aliasesOf(roomId: string): Promise<readonly string[]> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/aliases`;
    return (await http.call(answer(), { method: 'GET', path })).aliases;
  }

  async function leadsTo(alias: string, roomIds: readonly string[]): Promise<boolean> {
    // Another server's can be neither made nor removed here, and asking where it leads may take long.
    if (!alias.endsWith(`:${serverName}`)) return false;
    try {
      const target = await aliasTarget(http, serverName, alias);
      return target !== undefined && roomIds.includes(target.roomId);
    } catch (error) {
      // What the homeserver takes for no alias leads nowhere.
      if (error instanceof Problem && error.code === 'rejected') return false;
      throw error;
    }
  }

  return async (request) => {
    const readings = request.method === 'GET' ? undefined : requestReadings(request);
    const roomIds = known().filter((name) => name.startsWith('!'));
    if (readings === undefined || roomIds.length === 0) return [];
    const inDirectory = readings.paths.some((path) => path.includes('directory'));
    if (!inDirectory && ![...readings.names].some((name) => name.startsWith('#'))) return [];
    const names = (await Promise.all(roomIds.map(aliasesOf))).flat();
    if (!inDirectory) return names;
    for (const alias of readings.aliases) if (await leadsTo(alias, roomIds)) names.push(alias);
    return names;
  };
}
