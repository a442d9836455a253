import { localpartOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import type { Directory } from '../directory.ts';
import { viaClient } from './client-problem.ts';
import { lacking } from './lacking.ts';
import type { RelayParts } from './parts.ts';
import { resolveAlias } from './server-room.ts';

const part = encodeURIComponent;

/** Aliases and the public list: read by the client API, where nothing can be mistaken, written by the server's own user. */
export function createRelayDirectory({ matrix, dialect, commander }: RelayParts): Directory {
  const { acts } = dialect;
  const client = '/_matrix/client/v3/directory';
  return {
    async find(alias) {
      const roomId = await viaClient(() => resolveAlias(matrix, alias));
      return roomId === undefined ? undefined : { roomId, servers: [] };
    },
    async add(alias, roomId) {
      const order = acts.setAlias?.(roomId, localpartOf(alias));
      if (order === undefined)
        await viaClient(() => matrix.request('PUT', `${client}/room/${part(alias)}`, { room_id: roomId }), true);
      else await commander.do(order);
    },
    async remove(alias) {
      await commander.do(acts.removeAlias(alias));
    },
    setCanonicalAlias: lacking(dialect, 'directory.setCanonicalAlias'),
    async isPublished(roomId) {
      const answer = await viaClient(() => matrix.request('GET', `${client}/list/room/${part(roomId)}`)).catch(
        (error: unknown) => {
          // Of a room that it has never seen.
          if (error instanceof Problem && error.code === 'not-found') return {};
          throw error;
        },
      );
      const { visibility }: Record<string, unknown> = { ...(answer as object) };
      return visibility === 'public';
    },
    async setPublished(roomId, published) {
      const order = acts.setPublished?.(roomId, published);
      const visibility = published ? 'public' : 'private';
      if (order === undefined)
        await viaClient(() => matrix.request('PUT', `${client}/list/room/${part(roomId)}`, { visibility }), true);
      else await commander.do(order);
    },
  };
}
