import { counted } from '../../core/text.ts';
import type { DeletionResult } from '../../homeserver/deletions.ts';

const named = 5;

/** What a deletion has done, in plain words: "2 people removed; they are in !new now". */
export function deletionNote({ removed, notRemoved, movedAliases, newRoomId }: DeletionResult): string {
  const some = (all: readonly string[]) =>
    `${all.slice(0, named).join(', ')}${all.length > named ? ` and ${(all.length - named).toLocaleString('en')} more` : ''}`;
  return [
    `${counted(removed.length, 'person', 'people')} removed`,
    ...(newRoomId === null ? [] : [`the new room is ${newRoomId}`]),
    ...(movedAliases.length === 0 ? [] : [`leading there now: ${some(movedAliases)}`]),
    ...(notRemoved.length === 0
      ? []
      : [`${newRoomId === null ? 'not removed' : 'removed, but not put into the new room'}: ${some(notRemoved)}`]),
  ].join('; ');
}
