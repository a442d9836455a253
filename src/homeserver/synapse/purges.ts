import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { Purges } from '../purges.ts';
import type { SynapseHttp } from './http.ts';
import { scheduledTasks, taskState } from './scheduled-tasks.ts';

const admin = '/_synapse/admin/v1';
const part = encodeURIComponent;

const status = once(() => z.looseObject({ status: taskState(), error: z.string().nullish() }));
const tasks = once(() => scheduledTasks(taskState(), z.unknown()));

/** Purging history, by Synapse's admin API (manual, "Purge History API"). */
export function createSynapsePurges(http: SynapseHttp): Purges {
  return {
    async start(roomId, { before, deleteLocal }) {
      const bound = 'eventId' in before ? { purge_up_to_event_id: before.eventId } : { purge_up_to_ts: before.at };
      try {
        const answer = await http.call(z.looseObject({ purge_id: z.string() }), {
          method: 'POST',
          path: `${admin}/purge_history/${part(roomId)}`,
          body: { ...bound, delete_local_events: deleteLocal },
        });
        return answer.purge_id;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.code === 'not-found')
          throw new Problem('not-found', say`There is nothing older in ${code(roomId)}; nothing was purged.`);
        if (error.code === 'rejected' && /already in progress/i.test(error.message))
          throw new Problem('conflict', say`A purge of ${code(roomId)} is under way already.`);
        throw error;
      }
    },

    async get(purgeId) {
      const path = `${admin}/purge_history_status/${part(purgeId)}`;
      const found = await http.find(status(), { method: 'GET', path });
      return found && { purgeId, state: found.status, error: found.error ?? undefined };
    },

    async ofRoom(roomId) {
      const query = { resource_id: roomId, action_name: 'purge_history' };
      const answer = await http.call(tasks(), { method: 'GET', path: `${admin}/scheduled_tasks`, query });
      return answer.scheduled_tasks
        .toSorted((one, other) => other.timestamp_ms - one.timestamp_ms)
        .map(({ id, status: now, error }) => ({ purgeId: id, state: now, error: error ?? undefined }));
    },
  };
}
