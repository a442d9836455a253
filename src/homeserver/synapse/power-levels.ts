import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { SynapseHttp } from './http.ts';

const levels = once(() => z.looseObject({ users: z.record(z.string(), z.unknown()).optional().catch(undefined) }));
const state = once(() => z.looseObject({ state: z.array(z.looseObject({ content: levels() })) }));
const sent = once(() => z.looseObject({ event_id: z.string() }));

/** A room's `m.room.power_levels`; `undefined` where it has none, or nobody of this server is in it. */
export async function powerLevels(
  http: Pick<SynapseHttp, 'call'>,
  roomId: string,
): Promise<z.output<ReturnType<typeof levels>> | undefined> {
  const path = `/_synapse/admin/v1/rooms/${encodeURIComponent(roomId)}/state`;
  const answer = await http.call(state(), { method: 'GET', path, query: { type: 'm.room.power_levels' } });
  return answer.state[0]?.content;
}

/** Gives one user this level by name, or none; all else stays. `call` is of somebody with the power. */
export async function putPowerLevels(
  http: Pick<SynapseHttp, 'call'>,
  call: SynapseHttp['call'],
  roomId: string,
  userId: string,
  level: number | null,
): Promise<void> {
  const before = await powerLevels(http, roomId);
  if (levelIn(before, userId) === level) return;
  const { [userId]: _, ...others } = before?.users ?? {};
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state/m.room.power_levels/`;
  const body = { ...before, users: level === null ? others : { ...others, [userId]: level } };
  await call(sent(), { method: 'PUT', path, body, repeatable: true });
}

/** The level that power levels give a user by name; null where they do not name it. */
export function levelIn(content: z.output<ReturnType<typeof levels>> | undefined, userId: string): number | null {
  const level = Object.hasOwn(content?.users ?? {}, userId) ? Number(content?.users?.[userId]) : null;
  return level !== null && Number.isFinite(level) ? level : null;
}
