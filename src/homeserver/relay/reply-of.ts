import type { RoomEvent } from '../../matrix/matrix.ts';

/** The events that an event says it answers: by `m.in_reply_to`, or as the root of its thread; none of an edit. */
export function repliesTo({ content }: RoomEvent): readonly string[] {
  const relation = content['m.relates_to'];
  if (typeof relation !== 'object' || relation === null) return [];
  const { rel_type, event_id, ...rest }: Record<string, unknown> = { ...relation };
  if (rel_type === 'm.replace') return [];
  const inReplyTo: Record<string, unknown> = { ...(rest['m.in_reply_to'] as object | undefined) };
  const named = [inReplyTo.event_id, rel_type === 'm.thread' ? event_id : undefined];
  return named.filter((id) => typeof id === 'string');
}

/** Among events in their order, those that answer this one: each answers it, or a message before it that does. */
export function answersAmong(
  events: readonly RoomEvent[],
  commandId: string,
  serverUser: string,
): readonly RoomEvent[] {
  const chain = new Set([commandId]);
  return events.filter((event) => {
    if (event.sender !== serverUser || event.type !== 'm.room.message') return false;
    if (!repliesTo(event).some((id) => chain.has(id))) return false;
    chain.add(event.eventId);
    return true;
  });
}
