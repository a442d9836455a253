import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import type { RoomRow, Rooms } from '../rooms.ts';
import { aliasTarget } from './alias-target.ts';
import type { SynapseHttp } from './http.ts';

const admin = '/_synapse/admin';
const client = '/_matrix/client/v3';
const part = encodeURIComponent;

const text = once(() => z.string().nullish());

const rowFields = once(() =>
  z.looseObject({
    room_id: z.string(),
    name: text(),
    canonical_alias: text(),
    // Null where the server knows of the room by an invite alone.
    joined_members: z.number().nullish(),
    joined_local_members: z.number().nullish(),
    version: text(),
    creator: text(),
    encryption: text(),
    federatable: z.boolean().nullish(),
    public: z.boolean().nullish(),
    join_rules: text(),
  }),
);
const page = once(() => z.looseObject({ rooms: z.array(rowFields()), total_rooms: z.number() }));
const details = once(() =>
  rowFields().extend({
    topic: text(),
    history_visibility: text(),
    guest_access: text(),
    state_events: z.number().nullish(),
  }),
);

function rowOf(raw: z.output<ReturnType<typeof rowFields>>): RoomRow {
  return {
    roomId: raw.room_id,
    name: raw.name ?? null,
    canonicalAlias: raw.canonical_alias ?? null,
    joinedMembers: raw.joined_members ?? 0,
    joinedLocalMembers: raw.joined_local_members ?? 0,
    version: raw.version ?? null,
    creator: raw.creator ?? null,
    encryption: raw.encryption ?? null,
    federatable: raw.federatable ?? null,
    public: raw.public ?? null,
    joinRules: raw.join_rules ?? null,
    raw,
  };
}

/** Rooms, by Synapse's room admin API (manual, "Room Admin API") and the client API for aliases. */
export function createSynapseRooms(http: SynapseHttp, serverName: string): Rooms {
  const blockPath = (roomId: string) => `${admin}/v1/rooms/${part(roomId)}/block`;

  async function blockedBy(roomId: string): Promise<string | undefined> {
    const answer = z.looseObject({ block: z.boolean(), user_id: z.string().nullish() });
    const { block, user_id } = await http.call(answer, { method: 'GET', path: blockPath(roomId) });
    return block ? (user_id ?? '') : undefined;
  }

  const isBlocked = async (roomId: string) => (await blockedBy(roomId)) !== undefined;

  return {
    isBlocked,
    blockedBy,

    async setBlocked(roomId, blocked) {
      const answer = z.looseObject({ block: z.literal(blocked) });
      await http.call(answer, { method: 'PUT', path: blockPath(roomId), body: { block: blocked } });
    },

    async list(query) {
      const answer = await http.call(page(), {
        method: 'GET',
        path: `${admin}/v1/rooms`,
        query: {
          from: query.from,
          limit: query.limit,
          order_by: query.sort,
          dir: query.reverse ? 'b' : 'f',
          // An empty one is refused with 400.
          search_term: query.search || undefined,
          public_rooms: query.publicOnly ? true : undefined,
        },
      });
      return { rows: answer.rooms.map(rowOf), total: answer.total_rooms };
    },

    async get(roomId) {
      const found = await http.find(details(), { method: 'GET', path: `${admin}/v1/rooms/${part(roomId)}` });
      if (found === undefined) return undefined;
      return {
        ...rowOf(found),
        topic: found.topic ?? null,
        historyVisibility: found.history_visibility ?? null,
        guestAccess: found.guest_access ?? null,
        stateEvents: found.state_events ?? 0,
        blocked: await isBlocked(roomId),
      };
    },

    async forceJoin(userId, roomId) {
      const answer = z.looseObject({ room_id: z.string() });
      try {
        await http.call(answer, {
          method: 'POST',
          path: `${admin}/v1/join/${part(roomId)}`,
          body: { user_id: userId },
        });
        return 'joined';
      } catch (error) {
        if (error instanceof Problem && error.code === 'rejected' && /is already in the room/i.test(error.message))
          return 'already in';
        throw error;
      }
    },

    async makeAdmin(roomId, userId) {
      const path = `${admin}/v1/rooms/${part(roomId)}/make_room_admin`;
      await http.call(z.looseObject({}), { method: 'POST', path, body: { user_id: userId } });
    },

    async members(roomId) {
      const answer = z.looseObject({ members: z.array(z.string()) });
      return (await http.call(answer, { method: 'GET', path: `${admin}/v1/rooms/${part(roomId)}/members` })).members;
    },

    async resolve(idOrAlias) {
      if (!idOrAlias.startsWith('#')) return idOrAlias;
      return (await aliasTarget(http, serverName, idOrAlias))?.roomId;
    },

    async aliases(roomId) {
      const answer = z.looseObject({ aliases: z.array(z.string()) });
      return (await http.call(answer, { method: 'GET', path: `${client}/rooms/${part(roomId)}/aliases` })).aliases;
    },
  };
}
