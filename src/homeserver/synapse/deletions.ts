import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { Deletion, DeletionOrder, DeletionResult, Deletions } from '../deletions.ts';
import type { SynapseHttp } from './http.ts';
import { scheduledTasks, taskState } from './scheduled-tasks.ts';

const admin = '/_synapse/admin';
const part = encodeURIComponent;

/** Below the five minutes after which Node itself gives a silent connection up. */
const atOnceMs = 290_000;
/** Membership events read at a time. */
const eventsPage = 1000;
const create = 'm.room.create';
const member = 'm.room.member';

const ids = once(() => z.array(z.string()).nullish());
const result = once(() =>
  z.looseObject({
    kicked_users: ids(),
    failed_to_kick_users: ids(),
    local_aliases: ids(),
    new_room_id: z.string().nullish(),
  }),
);
const status = once(() =>
  z.looseObject({
    delete_id: z.string(),
    room_id: z.string(),
    status: taskState(),
    shutdown_room: result().nullish(),
  }),
);
const statuses = once(() => z.looseObject({ results: z.array(status()) }));
const tasks = once(() => scheduledTasks(taskState(), result()));
const details = once(() => z.looseObject({ forgotten: z.boolean().nullish() }));
const events = once(() =>
  z.looseObject({
    chunk: z.array(
      z.looseObject({
        type: z.string(),
        state_key: z.string().optional(),
        origin_server_ts: z.number(),
        content: z.looseObject({}),
      }),
    ),
    end: z.string().optional(),
  }),
);

/** Of the server's tasks those that take a room away; the second is its own, for rooms that everybody has forgotten. */
const actions = new Set(['shutdown_and_purge_room', 'purge_room']);

function resultOf(raw: z.output<ReturnType<typeof result>> | null | undefined): DeletionResult {
  return {
    removed: raw?.kicked_users ?? [],
    notRemoved: raw?.failed_to_kick_users ?? [],
    movedAliases: raw?.local_aliases ?? [],
    newRoomId: raw?.new_room_id ?? null,
  };
}

function deletionOf(raw: z.output<ReturnType<typeof status>>): Deletion {
  return {
    deleteId: raw.delete_id,
    roomId: raw.room_id,
    state: raw.status,
    error: undefined,
    changedAt: undefined,
    ...resultOf(raw.shutdown_room),
    raw,
  };
}

const bodyOf = ({ block, purge, forcePurge, newRoom }: DeletionOrder) => ({
  block,
  purge,
  force_purge: forcePurge,
  ...(newRoom === undefined
    ? {}
    : { new_room_user_id: newRoom.creator, room_name: newRoom.name, message: newRoom.message }),
});

/** Deletions of rooms, by Synapse's admin API (manual, "Delete Room API", "Scheduled Tasks"). */
export function createSynapseDeletions(http: SynapseHttp, serverName: string): Deletions {
  /** The status of a room leaves out what still waits for its turn, and no status has the error: the tasks have both. */
  async function ofRoom(roomId: string): Promise<readonly Deletion[]> {
    try {
      const path = `${admin}/v1/scheduled_tasks`;
      const { scheduled_tasks } = await http.call(tasks(), { method: 'GET', path, query: { resource_id: roomId } });
      return scheduled_tasks
        .filter(({ action }) => actions.has(action))
        .sort((one, other) => other.timestamp_ms - one.timestamp_ms)
        .map((task) => ({
          deleteId: task.id,
          roomId,
          state: task.status,
          error: task.error ?? undefined,
          changedAt: task.timestamp_ms,
          ...resultOf(task.result),
          raw: task,
        }));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'unsupported') throw error;
      const path = `${admin}/v2/rooms/${part(roomId)}/delete_status`;
      const found = await http.find(statuses(), { method: 'GET', path });
      return (found?.results ?? []).map(deletionOf).reverse();
    }
  }

  return {
    ofRoom,

    async start(roomId, order) {
      const answer = z.looseObject({ delete_id: z.string() });
      const path = `${admin}/v2/rooms/${part(roomId)}`;
      try {
        return (await http.call(answer, { method: 'DELETE', path, body: bodyOf(order) })).delete_id;
      } catch (error) {
        if (!(error instanceof Problem && /already in progress/i.test(error.message))) throw error;
        throw new Problem('conflict', say`${code(roomId)} is being deleted already.`);
      }
    },

    async runAtOnce(roomId, order) {
      const path = `${admin}/v1/rooms/${part(roomId)}`;
      const body = bodyOf(order);
      return resultOf(await http.call(result(), { method: 'DELETE', path, body, timeoutMs: atOnceMs }));
    },

    async get(deleteId) {
      const path = `${admin}/v2/rooms/delete_status/${part(deleteId)}`;
      const found = await http.find(status(), { method: 'GET', path });
      if (found === undefined) return undefined;
      return (await ofRoom(found.room_id)).find((one) => one.deleteId === deleteId) ?? deletionOf(found);
    },

    async remains(roomId) {
      const room = await http.call(details(), { method: 'GET', path: `${admin}/v1/rooms/${part(roomId)}` });
      const last = new Map<string, unknown>();
      let since: number | undefined;
      let from: string | undefined;
      do {
        // From the oldest on: the other way Synapse would ask the room's other servers for what it does not have.
        const query = { dir: 'f', limit: eventsPage, filter: JSON.stringify({ types: [create, member] }), from };
        const path = `${admin}/v1/rooms/${part(roomId)}/messages`;
        const answer: z.output<ReturnType<typeof events>> = await http.call(events(), { method: 'GET', path, query });
        for (const { type, state_key = '', origin_server_ts: at, content } of answer.chunk) {
          since = since === undefined ? at : Math.min(since, at);
          if (type === member && state_key.endsWith(`:${serverName}`)) last.set(state_key, content.membership);
        }
        // Forgotten by everybody here means that no invite is open; only the first event's time was wanted then.
        from = room.forgotten || answer.chunk.length === 0 ? undefined : answer.end;
      } while (from !== undefined);
      const open = [...last].filter(([, membership]) => membership === 'invite' || membership === 'knock');
      return { since, awaiting: room.forgotten ? [] : open.map(([userId]) => userId) };
    },
  };
}
