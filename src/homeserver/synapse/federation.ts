import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import type { Destination, Federation } from '../federation.ts';
import type { SynapseHttp } from './http.ts';

const base = '/_synapse/admin/v1/federation/destinations';
const part = encodeURIComponent;

const destination = once(() =>
  z.looseObject({
    destination: z.string(),
    retry_last_ts: z.number().nullish(),
    retry_interval: z.number().nullish(),
    failure_ts: z.number().nullish(),
  }),
);
const page = once(() => z.looseObject({ destinations: z.array(destination()), total: z.number() }));
const rooms = once(() => z.looseObject({ rooms: z.array(z.looseObject({ room_id: z.string() })), total: z.number() }));

function destinationOf(raw: z.output<ReturnType<typeof destination>>): Destination {
  return {
    serverName: raw.destination,
    failingSince: raw.failure_ts || undefined,
    lastTriedAt: raw.retry_last_ts || undefined,
    retryInterval: raw.retry_interval ?? 0,
    raw,
  };
}

/** The servers this one sends to, by Synapse's federation admin API (manual, "Federation API"). */
export function createSynapseFederation(http: SynapseHttp): Federation {
  return {
    async destinations({ from, limit, sort, reverse, search }) {
      const query = { from, limit, order_by: sort, dir: reverse ? 'b' : 'f', destination: search };
      const answer = await http.call(page(), { method: 'GET', path: base, query });
      return { rows: answer.destinations.map(destinationOf), total: answer.total };
    },

    async destination(serverName) {
      const found = await http.find(destination(), { method: 'GET', path: `${base}/${part(serverName)}` });
      return found && destinationOf(found);
    },

    async destinationRooms(serverName, from, limit) {
      const path = `${base}/${part(serverName)}/rooms`;
      const answer = await http.call(rooms(), { method: 'GET', path, query: { from, limit } });
      return { rows: answer.rooms.map(({ room_id }) => room_id), total: answer.total };
    },

    async reset(serverName) {
      const path = `${base}/${part(serverName)}/reset_connection`;
      try {
        await http.call(z.looseObject({}), { method: 'POST', path, body: {} });
        return true;
      } catch (error) {
        if (error instanceof Problem && error.code === 'rejected') return false;
        throw error;
      }
    },
  };
}
