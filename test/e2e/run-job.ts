import type { AdminRoom, RoomEvent } from './admin-room.ts';

/** Gives a command with a list, confirms its plan, and waits for the report of its job's end. */
export async function runJob(room: AdminRoom, line: string, body: string, word?: string): Promise<RoomEvent> {
  return jobEnd(room, jobIn(await room.askAndConfirm(line, word, body)));
}

/** The id of the job that an answer has begun. */
export function jobIn(answer: string): string {
  const id = /job cancel ([a-z0-9]+)/.exec(answer)?.[1];
  if (id === undefined) throw new Error(`no job was begun:\n${answer}`);
  return id;
}

/** The report of a job's end. */
export function jobEnd(room: AdminRoom, id: string): Promise<RoomEvent> {
  return room.admin.waitForEvent(room.roomId, ({ content }) => content['dev.castellan.job'] === id);
}
