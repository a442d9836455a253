import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { Redaction, Redactions } from '../redactions.ts';
import type { SynapseHttp } from './http.ts';
import { scheduledTasks, taskState } from './scheduled-tasks.ts';

const admin = '/_synapse/admin/v1';
const client = '/_matrix/client/v3';
const part = encodeURIComponent;

/** The name by which Synapse's scheduler knows this work. */
const action = 'redact_all_events';
/** The kinds of events that it takes back; of memberships only joins, though all count towards the limit. */
const types = ['m.room.message', 'm.room.encrypted', 'm.room.member'];
const pageSize = 500;

const failures = () => z.looseObject({ failed_redactions: z.record(z.string(), z.string()).nullish() });
const tasks = once(() => scheduledTasks(taskState(), failures()));

const events = once(() =>
  z.looseObject({
    chunk: z.array(
      z.looseObject({
        event_id: z.string(),
        type: z.string(),
        content: z.looseObject({}).catch({}),
        unsigned: z.looseObject({}).catch({}).default({}),
      }),
    ),
    end: z.string().optional(),
  }),
);
type WrittenEvent = z.output<ReturnType<typeof events>>['chunk'][number];

function isReadable({ type, content, unsigned }: WrittenEvent): boolean {
  if (unsigned.redacted_because !== undefined || unsigned.redacted_by !== undefined) return false;
  return type !== 'm.room.member' || content.membership === 'join';
}

/** Redactions by Synapse's admin API (manual, "Redact all the events of a user", "Scheduled Tasks") and the client API. */
export function createSynapseRedactions(http: SynapseHttp): Redactions {
  /** Not the status of a redaction: that one answers for every task, leaves out whose it is, and fails on others. */
  async function list(resourceId?: string): Promise<readonly Redaction[]> {
    const query = { action_name: action, resource_id: resourceId };
    const answer = await http.call(tasks(), { method: 'GET', path: `${admin}/scheduled_tasks`, query });
    return answer.scheduled_tasks
      .filter((task) => task.action === action)
      .map((task) => ({
        redactionId: task.id,
        userId: task.resource_id ?? '',
        state: task.status,
        refused: new Map(Object.entries(task.result?.failed_redactions ?? {})),
        error: task.error ?? undefined,
        changedAt: task.timestamp_ms,
        raw: task,
      }));
  }

  return {
    async start(userId, { rooms, limit, reason }) {
      const path = `${admin}/user/${part(userId)}/redact`;
      try {
        const body = { rooms, limit, reason };
        return (await http.call(z.looseObject({ redact_id: z.string() }), { method: 'POST', path, body })).redact_id;
      } catch (error) {
        if (error instanceof Problem && error.code === 'rejected' && /already in progress/i.test(error.message)) {
          throw new Problem('conflict', say`What ${code(userId)} wrote is being redacted already.`);
        }
        throw error;
      }
    },

    get: async (redactionId) => (await list()).find((redaction) => redaction.redactionId === redactionId),

    ofUser: list,

    async written(userId, roomId) {
      const path = `${admin}/rooms/${part(roomId)}/messages`;
      const filter = JSON.stringify({ senders: [userId], types });
      const readable: { eventId: string; nth: number }[] = [];
      let total = 0;
      let from: string | undefined;
      do {
        // From the oldest: on the way back Synapse would fetch what is missing from other servers first.
        const query = { dir: 'f', limit: pageSize, filter, from };
        const answer: z.output<ReturnType<typeof events>> = await http.call(events(), { method: 'GET', path, query });
        for (const event of answer.chunk) {
          total += 1;
          if (isReadable(event)) readable.push({ eventId: event.event_id, nth: total });
        }
        from = answer.chunk.length === 0 ? undefined : answer.end;
      } while (from !== undefined);
      return { total, readable };
    },

    async redact(roomId, eventId, reason) {
      // The event's id as the transaction's: what is sent again is the same redaction.
      const path = `${client}/rooms/${part(roomId)}/redact/${part(eventId)}/${part(`redact ${eventId}`)}`;
      const answer = z.looseObject({ event_id: z.string() });
      await http.call(answer, { method: 'PUT', path, body: { reason }, repeatable: true });
    },
  };
}
