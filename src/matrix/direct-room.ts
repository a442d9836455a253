import { z } from 'zod';
import { once } from '../core/once.ts';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import { MatrixFault, NoAnswer } from '../http.ts';
import type { Matrix } from './matrix.ts';
import { isForbidden, isMissing } from './missing.ts';
import { type RoomState, readRoomState } from './room-state.ts';
import type { Storage } from './storage.ts';

const invitePower = 100;
const created = once(() => z.object({ room_id: z.string() }));
const powers = once(() =>
  z.object({
    invite: z.number(),
    users: z.record(z.string(), z.number()).default({}),
    users_default: z.number().default(0),
  }),
);

/** True where a secret in this room reaches the requester and nobody else, now or later. */
function isPrivate(state: RoomState, botId: string, userId: string): boolean {
  const create = state.get('m.room.create');
  const power = powers().safeParse(state.get('m.room.power_levels')?.content);
  if (!power.success) return false;
  const { invite, users, users_default } = power.data;
  const inside = state
    .all('m.room.member')
    .filter(({ content }) => ['join', 'invite', 'knock'].includes(String(content.membership)));
  const membership = (who: string) => inside.find(({ stateKey }) => stateKey === who)?.content.membership;
  return (
    create?.sender === botId &&
    create.content['m.federate'] === false &&
    create.content.additional_creators === undefined &&
    state.get('m.room.encryption') === undefined &&
    state.get('m.room.tombstone') === undefined &&
    state.get('m.room.join_rules')?.content.join_rule === 'invite' &&
    state.get('m.room.history_visibility')?.content.history_visibility !== 'world_readable' &&
    invite === invitePower &&
    users_default < invitePower &&
    Object.entries(users).every(([who, level]) => who === botId || level < invitePower) &&
    inside.length === 2 &&
    membership(botId) === 'join' &&
    ['join', 'invite'].includes(String(membership(userId)))
  );
}

async function stateIfInside(matrix: Matrix, roomId: string): Promise<RoomState | undefined> {
  try {
    return await readRoomState(matrix, roomId);
  } catch (error) {
    if (isForbidden(error) || isMissing(error)) return undefined;
    throw error;
  }
}

async function createDirectRoom(matrix: Matrix, userId: string): Promise<string> {
  const answer = await matrix.request('POST', '/_matrix/client/v3/createRoom', {
    // `trusted_private_chat` would give the requester the power to invite.
    preset: 'private_chat',
    name: 'Castellan: passwords and tokens',
    is_direct: true,
    invite: [userId],
    creation_content: { 'm.federate': false },
    power_level_content_override: { invite: invitePower },
  });
  return created().parse(answer).room_id;
}

/**
 * The bot's own room with this user, for secrets: the one used before where it is still private, else a new one.
 * Throws Problem('rejected') where there is none to be had, and 'unavailable' while the homeserver is away.
 */
export async function openDirectRoom(matrix: Matrix, storage: Storage, userId: string): Promise<string> {
  const name = `direct-room:${userId}`;
  try {
    const known = storage.get(name);
    const state = known === undefined ? undefined : await stateIfInside(matrix, known);
    if (known !== undefined && state !== undefined && isPrivate(state, matrix.userId, userId)) return known;
    const roomId = await createDirectRoom(matrix, userId);
    // A homeserver may give every new room something of its own, encryption above all.
    if (isPrivate(await readRoomState(matrix, roomId), matrix.userId, userId)) {
      storage.set(name, roomId);
      return roomId;
    }
  } catch (error) {
    if (error instanceof NoAnswer && error.kind === 'stopped') throw error;
    const reason = error instanceof Error ? error.message : 'no reason given';
    const refused = error instanceof MatrixFault && error.status < 500 && error.status !== 429;
    throw new Problem(
      refused ? 'rejected' : 'unavailable',
      say`No direct room with ${code(userId)} could be opened: ${reason}`,
    );
  }
  throw new Problem(
    'rejected',
    say`No private direct room with ${code(userId)} could be opened: the homeserver changes new rooms.`,
    say`Perhaps it encrypts every room (${code('encryption_enabled_by_default_for_room_type')}); the bot cannot write in those.`,
  );
}
