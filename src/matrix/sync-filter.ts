/** Commands, answers to plans, and the state that decides whether the room may still be acted in. */
export const eventTypes = [
  'm.room.message',
  'm.reaction',
  'm.room.redaction',
  'm.room.member',
  'm.room.encryption',
  'm.room.join_rules',
  'm.room.history_visibility',
  'm.room.tombstone',
] as const;

const nothing = { types: [] };

/**
 * A filter for `/sync`, given with each request and not by an id of the server's: a changed filter is then no event,
 * and a server that forgot its filters is none either. `limit` 0 asks for the position alone.
 */
export function syncFilter(roomIds: readonly string[], limit: number, accountData: readonly string[]): string {
  return JSON.stringify({
    presence: nothing,
    account_data: { types: accountData },
    room: {
      rooms: roomIds,
      state: nothing,
      ephemeral: nothing,
      account_data: nothing,
      timeline: { limit, types: eventTypes },
    },
  });
}
