import type { AdminRoom } from './admin-room.ts';

/** The text of the file that came with the answer to this event. */
export async function attachedFile(room: AdminRoom, eventId: string): Promise<{ name: string; text: string }> {
  const { content } = await room.admin.waitForEvent(
    room.roomId,
    ({ content: its }) => its['dev.castellan.for'] === eventId && its.msgtype === 'm.file',
  );
  const bytes = await room.admin.download(String(content.url));
  return { name: String(content.filename), text: Buffer.from(bytes).toString() };
}
