import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { Directory } from '../directory.ts';
import { aliasTarget } from './alias-target.ts';
import type { SynapseHttp } from './http.ts';

const part = encodeURIComponent;
const directory = '/_matrix/client/v3/directory';

const done = once(() => z.looseObject({}));
const listed = once(() => z.looseObject({ visibility: z.enum(['public', 'private']) }));

/** Why a server's own settings keep a room out of the directory; each names the setting. */
function unpublishable(problem: Problem): Problem {
  if (/not allowed to publish room/i.test(problem.message)) {
    return new Problem(
      'rejected',
      say`The homeserver's rules let nobody publish this room, not even a server admin.`,
      say`They stand under ${code('room_list_publication_rules')} in homeserver.yaml; without that setting nothing may be published. A rule with ${code('action: allow')} and, behind ${code('user_id:')}, my own id lets me do it, after a restart of the homeserver.`,
    );
  }
  if (/not permitted to publish rooms/i.test(problem.message)) {
    return new Problem(
      'rejected',
      say`The homeserver keeps no directory of rooms, or one of its modules forbids this.`,
      say`Look at ${code('enable_room_list_search')} in homeserver.yaml.`,
    );
  }
  return problem;
}

/** Aliases and the public list of rooms, by the client API (Client-Server API, "Room aliases", "Published room directory"). */
export function createSynapseDirectory(http: SynapseHttp, serverName: string): Directory {
  const aliasPath = (alias: string) => `${directory}/room/${part(alias)}`;
  const listPath = (roomId: string) => `${directory}/list/room/${part(roomId)}`;

  return {
    find: (alias) => aliasTarget(http, serverName, alias),

    async add(alias, roomId, servers) {
      const body = { room_id: roomId, ...(servers === undefined ? {} : { servers }) };
      await http.call(done(), { method: 'PUT', path: aliasPath(alias), body });
    },

    async remove(alias) {
      await http.find(done(), { method: 'DELETE', path: aliasPath(alias) });
    },

    async setCanonicalAlias(roomId, content) {
      const path = `/_matrix/client/v3/rooms/${part(roomId)}/state/m.room.canonical_alias/`;
      await http.call(done(), { method: 'PUT', path, body: content });
    },

    async isPublished(roomId) {
      return (await http.call(listed(), { method: 'GET', path: listPath(roomId) })).visibility === 'public';
    },

    async setPublished(roomId, published) {
      const body = { visibility: published ? 'public' : 'private' };
      try {
        await http.call(done(), { method: 'PUT', path: listPath(roomId), body });
      } catch (error) {
        throw error instanceof Problem && error.code === 'rejected' ? unpublishable(error) : error;
      }
    },
  };
}
