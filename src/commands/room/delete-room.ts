import type { DeletionOrder } from '../../homeserver/deletions.ts';
import type { ItemResult, Step } from '../define.ts';
import { deleteAtOnce } from './delete-at-once.ts';
import { deletionUnderWay } from './deletion-under-way.ts';
import { type DeletionCaps, followDeletion } from './follow-deletion.ts';

/** One room of a job that deletes rooms; one that has gone since the plan was shown is skipped. */
export async function deleteRoom(
  caps: DeletionCaps,
  roomId: string,
  order: DeletionOrder,
  { v1, step }: { readonly v1: boolean; readonly step: Step },
): Promise<ItemResult> {
  const { rooms, deletions } = caps;
  if (step.kept === undefined && (await rooms.get(roomId)) === undefined) {
    const note = 'gone since the plan was shown';
    if (!order.block || (await rooms.isBlocked(roomId))) return { state: 'skipped', note };
    await rooms.setBlocked(roomId, true);
    return { state: 'skipped', note: `${note}; blocked now` };
  }
  const follows = !v1 || (await followsV1());
  return follows ? followDeletion(caps, roomId, order, step) : deleteAtOnce(caps, roomId, order, step);

  /** One that is under way is followed, also when the step is taken up again: it has kept an object then. */
  async function followsV1(): Promise<boolean> {
    if (step.kept === undefined) return (await deletionUnderWay(deletions, roomId)) !== undefined;
    return typeof step.kept === 'object' && step.kept !== null;
  }
}
