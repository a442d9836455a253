import type { Deletion, Deletions } from '../../homeserver/deletions.ts';

/** Whether the homeserver still has to do something of it. */
export function isUnderWay({ state }: Deletion): boolean {
  return state === 'scheduled' || state === 'active';
}

/** The deletion of a room that the homeserver is at, or has yet to begin. */
export async function deletionUnderWay(deletions: Deletions, roomId: string): Promise<Deletion | undefined> {
  return (await deletions.ofRoom(roomId)).find(isUnderWay);
}
