import type { TestClient } from '../homeserver/client.ts';

const path = encodeURIComponent;

/** The ids of the messages of a user that can still be read in a room, oldest first, as an admin sees it. */
export async function readableOf(admin: TestClient, roomId: string, userId: string): Promise<string[]> {
  const filter = path(JSON.stringify({ senders: [userId], types: ['m.room.message', 'm.room.encrypted'] }));
  const query = `dir=f&limit=1000&filter=${filter}`;
  const { chunk } = await admin.admin('GET', `/v1/rooms/${path(roomId)}/messages?${query}`);
  return (chunk as { event_id: string; unsigned?: object }[])
    .filter(({ unsigned = {} }) => !('redacted_because' in unsigned))
    .map(({ event_id }) => event_id);
}

export interface RedactionTask {
  readonly id: string;
  readonly status: string;
}

/** The redactions of a user that the server knows. */
export async function redactionsOf(admin: TestClient, userId: string): Promise<RedactionTask[]> {
  const query = `action_name=redact_all_events&resource_id=${path(userId)}`;
  return (await admin.admin('GET', `/v1/scheduled_tasks?${query}`)).scheduled_tasks as RedactionTask[];
}
