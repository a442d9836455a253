import { z } from 'zod';
import type { RoomRow, Rooms } from '../rooms.ts';
import type { SynapseHttp } from './http.ts';

const admin = '/_synapse/admin';
const client = '/_matrix/client/v3';
const part = encodeURIComponent;

const text = z.string().nullish();

const rowFields = z.looseObject({
  room_id: z.string(),
  name: text,
  canonical_alias: text,
  joined_members: z.number(),
  joined_local_members: z.number(),
  version: text,
  creator: text,
  encryption: text,
  federatable: z.boolean().nullish(),
  public: z.boolean().nullish(),
  join_rules: text,
});
const page = z.looseObject({ rooms: z.array(rowFields), total_rooms: z.number() });
const details = rowFields.extend({
  topic: text,
  history_visibility: text,
  guest_access: text,
  state_events: z.number(),
});

function rowOf(raw: z.output<typeof rowFields>): RoomRow {
  return {
    roomId: raw.room_id,
    name: raw.name ?? null,
    canonicalAlias: raw.canonical_alias ?? null,
    joinedMembers: raw.joined_members,
    joinedLocalMembers: raw.joined_local_members,
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
  async function isBlocked(roomId: string): Promise<boolean> {
    const path = `${admin}/v1/rooms/${part(roomId)}/block`;
    return (await http.call(z.looseObject({ block: z.boolean() }), { method: 'GET', path })).block;
  }

  return {
    isBlocked,

    async list(query) {
      const answer = await http.call(page, {
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
      const found = await http.find(details, { method: 'GET', path: `${admin}/v1/rooms/${part(roomId)}` });
      if (found === undefined) return undefined;
      return {
        ...rowOf(found),
        topic: found.topic ?? null,
        historyVisibility: found.history_visibility ?? null,
        guestAccess: found.guest_access ?? null,
        stateEvents: found.state_events,
        blocked: await isBlocked(roomId),
      };
    },

    async members(roomId) {
      const answer = z.looseObject({ members: z.array(z.string()) });
      return (await http.call(answer, { method: 'GET', path: `${admin}/v1/rooms/${part(roomId)}/members` })).members;
    },

    async resolve(idOrAlias) {
      if (!idOrAlias.startsWith('#')) return idOrAlias;
      const answer = z.looseObject({ room_id: z.string() });
      const path = `${client}/directory/room/${part(idOrAlias)}`;
      // A server that cannot be asked stays so: Synapse's 502 for its alias is not worth a minute of repeats.
      const repeatable = idOrAlias.endsWith(`:${serverName}`);
      return (await http.find(answer, { method: 'GET', path, repeatable }))?.room_id;
    },

    async aliases(roomId) {
      const answer = z.looseObject({ aliases: z.array(z.string()) });
      return (await http.call(answer, { method: 'GET', path: `${client}/rooms/${part(roomId)}/aliases` })).aliases;
    },
  };
}
