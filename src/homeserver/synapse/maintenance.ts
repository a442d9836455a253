import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import type { Maintenance } from '../maintenance.ts';
import type { SynapseHttp } from './http.ts';
import { scheduledTasks } from './scheduled-tasks.ts';

const status = once(() =>
  z.looseObject({
    enabled: z.boolean(),
    current_updates: z.record(
      z.string(),
      z.looseObject({ name: z.string(), total_item_count: z.number(), total_duration_ms: z.number() }),
    ),
  }),
);

/** Of whatever kind, and so far as it tells: new kinds are to be seen too. */
const tasks = once(() => scheduledTasks(z.string(), z.unknown()));

const sizes = once(() =>
  z.looseObject({
    rooms: z.array(z.looseObject({ room_id: z.string(), estimated_size: z.number() })),
  }),
);

const path = '/_synapse/admin/v1';

/** Background updates, scheduled tasks and statistics of Synapse. */
export function createSynapseMaintenance(http: SynapseHttp): Maintenance {
  return {
    async backgroundUpdates() {
      const { enabled, current_updates } = await http.call(status(), {
        method: 'GET',
        path: `${path}/background_updates/status`,
      });
      return {
        enabled,
        current: Object.entries(current_updates).map(([database, one]) => ({
          database,
          name: one.name,
          items: one.total_item_count,
          workedMs: one.total_duration_ms,
        })),
      };
    },

    async setBackgroundUpdates(enabled) {
      await http.call(z.looseObject({}), {
        method: 'POST',
        path: `${path}/background_updates/enabled`,
        body: { enabled },
        repeatable: true,
      });
    },

    async startJob(name) {
      await http.call(z.looseObject({}), {
        method: 'POST',
        path: `${path}/background_updates/start_job`,
        body: { job_name: name },
      });
    },

    async scheduledTasks({ status: state, action }) {
      const { scheduled_tasks: found } = await http.call(tasks(), {
        method: 'GET',
        path: `${path}/scheduled_tasks`,
        query: { status: state, action_name: action },
      });
      return found
        .map((one) => ({
          id: one.id,
          action: one.action,
          status: one.status,
          at: one.timestamp_ms,
          resourceId: one.resource_id ?? null,
          error: one.error ?? null,
          raw: one,
        }))
        .sort((one, other) => other.at - one.at);
    },

    async roomSizes() {
      try {
        const { rooms } = await http.call(sizes(), { method: 'GET', path: `${path}/statistics/database/rooms` });
        return rooms.map((one) => ({ roomId: one.room_id, size: one.estimated_size }));
      } catch (error) {
        if (error instanceof Problem && error.code === 'rejected') return undefined;
        throw error;
      }
    },

    async capabilities() {
      const answer = z.looseObject({ capabilities: z.record(z.string(), z.unknown()) });
      return (await http.call(answer, { method: 'GET', path: '/_matrix/client/v3/capabilities' })).capabilities;
    },
  };
}
