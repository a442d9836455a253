import type { AdminRoom, RoomEvent } from './admin-room.ts';

/** The bot's answers to these events, in the order in which they stand in the room. */
export async function answersTo(room: AdminRoom, eventIds: readonly string[]): Promise<RoomEvent[]> {
  const wanted = new Set(eventIds);
  return (await room.admin.messages(room.roomId)).filter(
    ({ sender, content }) =>
      sender === room.botAccount.userId && wanted.has(String(content['dev.castellan.for'] ?? '')),
  );
}

/** The events that the bot has answered, in the order of its answers, each as often as it was answered. */
export async function answered(room: AdminRoom, eventIds: readonly string[]): Promise<string[]> {
  return (await answersTo(room, eventIds)).map(({ content }) => String(content['dev.castellan.for']));
}

/** Waits until everything sent before it has had its turn: backend commands run in order. */
export async function fence(room: AdminRoom): Promise<void> {
  await room.ask('server version');
}
