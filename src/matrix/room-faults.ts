import { code, say, type Text } from '../core/text.ts';
import type { Matrix } from './matrix.ts';
import { readRoomState } from './room-state.ts';

/**
 * Why this room may not be the admin room, one sentence part each; empty where it may. Throws MatrixFault or NoAnswer
 * where the room, and whatever `isServerAdmin` throws where its creators, cannot be asked for.
 */
export async function roomFaults(
  matrix: Pick<Matrix, 'userId' | 'request'>,
  roomId: string,
  isServerAdmin: (userId: string) => Promise<boolean>,
): Promise<Text[]> {
  const state = await readRoomState(matrix, roomId);
  const faults: Text[] = [];
  const create = state.get('m.room.create');
  const others = create?.content.additional_creators;
  // Who created a room has, or can give back to herself, every power in it (in room version 12, for good).
  const creators = [create?.sender, ...(Array.isArray(others) ? others.map(String) : [])];
  for (const creator of creators) {
    if (creator === undefined) faults.push(say`nobody can tell who created it`);
    else if (creator !== matrix.userId && !(await isServerAdmin(creator)))
      faults.push(say`its creator ${code(creator)} is no server admin`);
  }
  if (state.get('m.room.join_rules')?.content.join_rule === 'public') faults.push(say`anyone may join it`);
  if (state.get('m.room.history_visibility')?.content.history_visibility === 'world_readable')
    faults.push(say`anyone may read it`);
  if (state.get('m.room.encryption') !== undefined) faults.push(say`it is encrypted`);
  const successor = state.get('m.room.tombstone')?.content.replacement_room;
  if (typeof successor === 'string') faults.push(say`it was upgraded to ${code(successor)}`);
  return faults;
}
