import { z } from 'zod';
import { shownContent } from '../../core/mask-secrets.ts';
import { MatrixFault } from '../../http.ts';
import type { FoundEvent, RoomData, StoredEvent } from '../room-data.ts';
import { viaClient } from './client-problem.ts';
import { lacking } from './lacking.ts';
import type { RelayParts } from './parts.ts';

const stateEvents = z.array(
  z.looseObject({
    event_id: z.string(),
    type: z.string(),
    state_key: z.string(),
    sender: z.string(),
    origin_server_ts: z.number(),
    content: z.record(z.string(), z.unknown()),
  }),
);

/** What is in a room: of rooms that the bot is in, and the topic of the others. */
export function createRelayRoomData({ matrix, dialect, commander }: RelayParts): RoomData {
  const absent = (method: string) => lacking(dialect, `roomData.${method}`);
  const { topic, event } = dialect.acts;

  async function stateOf(roomId: string): Promise<readonly StoredEvent[] | undefined> {
    try {
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state`;
      return stateEvents.parse(await matrix.request('GET', path)).map((raw) => ({
        eventId: raw.event_id,
        roomId,
        type: raw.type,
        stateKey: raw.state_key,
        sender: raw.sender,
        sentAt: raw.origin_server_ts,
        content: raw.content,
        redaction: undefined,
        raw,
      }));
    } catch (error) {
      if (error instanceof MatrixFault && error.status < 500 && error.status !== 429) return undefined;
      return viaClient(() => Promise.reject(error));
    }
  }

  return {
    async state(roomId, type) {
      if (type === 'm.room.topic' && topic !== undefined) {
        const words = await commander.do(topic(roomId));
        return words === '' ? [] : [topicEvent(roomId, words)];
      }
      const state = await stateOf(roomId);
      if (state === undefined) return absent('state')();
      return type === undefined ? state : state.filter((event) => event.type === type);
    },
    // An async generator would only throw when it is read.
    messages: () => ({ [Symbol.asyncIterator]: () => ({ next: absent('messages') }) }),
    event: event
      ? async (eventId) => {
          const pdu = await commander.do(event(eventId));
          return pdu === null ? undefined : foundEvent(eventId, pdu, matrix.userId);
        }
      : absent('event'),
    eventAt: absent('eventAt'),
    hierarchy: absent('hierarchy'),
    forwardExtremities: absent('forwardExtremities'),
    deleteForwardExtremities: absent('deleteForwardExtremities'),
    media: absent('media'),
  };
}

function topicEvent(roomId: string, topic: string): StoredEvent {
  const content = { topic };
  return {
    eventId: '',
    roomId,
    type: 'm.room.topic',
    stateKey: '',
    sender: '',
    sentAt: 0,
    content,
    redaction: undefined,
    raw: { content },
  };
}

/** An event as servers hand it to each other. */
function foundEvent(eventId: string, pdu: Readonly<Record<string, unknown>>, botId: string): FoundEvent {
  const object = (value: unknown): Record<string, unknown> => ({ ...(value as object | undefined) });
  const sender = String(pdu.sender ?? '');
  const raw: Readonly<Record<string, unknown>> = { ...pdu, content: shownContent(object(pdu.content), sender, botId) };
  const because = object(object(raw.unsigned).redacted_because);
  const redacted = typeof because.sender === 'string';
  return {
    eventId,
    roomId: String(raw.room_id ?? ''),
    type: String(raw.type ?? ''),
    stateKey: typeof raw.state_key === 'string' ? raw.state_key : undefined,
    sender,
    sentAt: Number(raw.origin_server_ts ?? 0),
    content: object(raw.content),
    redaction: redacted ? { by: String(because.sender), reason: undefined } : undefined,
    withheld: !redacted,
    raw,
  };
}
