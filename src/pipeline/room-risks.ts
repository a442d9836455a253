import { code, joined, say, type Text } from '../core/text.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { roomFaults } from '../matrix/room-faults.ts';

const named = 5;

export interface RoomRisksOptions {
  readonly matrix: Pick<Matrix, 'userId' | 'serverName' | 'request' | 'state' | 'joinedMembers'>;
  readonly roomId: string;
  readonly isServerAdmin: (userId: string) => Promise<boolean>;
  /** True for whom the configuration names. */
  readonly isListed: (userId: string) => boolean;
}

/** What makes the admin room less safe than it could be, a part of a sentence each; empty where nothing does. */
export async function roomRisks({
  matrix,
  roomId,
  isServerAdmin,
  isListed,
}: RoomRisksOptions): Promise<readonly Text[]> {
  const risks = [...(await roomFaults(matrix, roomId, isServerAdmin))];
  const members = [...(await matrix.joinedMembers(roomId))].filter((userId) => userId !== matrix.userId);
  const isOurs = (userId: string) => userId.slice(userId.indexOf(':') + 1) === matrix.serverName;
  const remote = members.filter((userId) => !isOurs(userId));
  if (remote.length > 0) {
    const create = await matrix.state(roomId, 'm.room.create');
    const federates = create?.['m.federate'] !== false;
    risks.push(
      say`people of other servers are in it and read everything (${some(remote)})${federates ? ', and it federates' : ''}`,
    );
  }
  const strangers: string[] = [];
  for (const userId of members.filter(isOurs)) {
    if (!isListed(userId) && !(await isServerAdmin(userId))) strangers.push(userId);
  }
  if (strangers.length > 0) risks.push(say`who is in it and is no server admin reads everything (${some(strangers)})`);
  return risks;
}

function some(userIds: readonly string[]): Text {
  const more = userIds.length - named;
  const first = joined(userIds.slice(0, named).map(code));
  return more > 0 ? say`${first} and ${more} more` : first;
}
