import { createTransport, type Transport, type TransportOptions } from '../../../src/homeserver/relay/transport.ts';
import type { Log } from '../../../src/log.ts';
import type { RoomEvent } from '../../../src/matrix/matrix.ts';

export const botId = '@castellan:x.org';
export const serverUser = '@conduit:x.org';
export const roomId = '!admins:x.org';

const silent = () => undefined;
const log = {
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
} as unknown as Log;

interface Coming {
  readonly sender?: string;
  readonly answers?: string;
  readonly content?: Record<string, unknown>;
  /** It was removed: nothing of it is left. */
  readonly redacted?: true;
}

/** The server's room without a server: what the bot sends is kept, and events come when a test says so. */
export interface FakeRoom {
  readonly transport: Transport;
  /** Bodies the bot has sent, the oldest first. */
  readonly sent: string[];
  readonly files: Map<string, string>;
  /** An event comes with the sync; returns its id. */
  comes(body: string, options?: Coming): string;
  /** It stands in the history, and the sync has not brought it. */
  missed(body: string, options?: Coming): string;
  /** Resolves with the id of the bot's message once it has sent so many. */
  commandId(count: number): Promise<string>;
  /** Before the next send is answered, this is done. */
  beforeSent?: (eventId: string) => void;
  failSend?: () => unknown;
}

let made = 0;

export function fakeRoom(options: Partial<TransportOptions> = {}): FakeRoom {
  const sent: string[] = [];
  const ids: string[] = [];
  const history: RoomEvent[] = [];
  const files = new Map<string, string>();
  const waiting = new Set<() => void>();

  function eventOf(body: string, options: Coming = {}): RoomEvent {
    const { sender: by = serverUser, answers: to = '', content: more = {}, redacted = false } = options;
    made += 1;
    const relation = to === '' ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: to } } };
    return {
      roomId,
      eventId: `$e${made}`,
      type: 'm.room.message',
      sender: by,
      stateKey: undefined,
      content: redacted ? {} : { msgtype: 'm.notice', body, ...relation, ...more },
      redacted,
      ageMs: 0,
      originServerTs: made,
    };
  }

  const room: FakeRoom = {
    sent,
    files,
    transport: createTransport({
      roomId: () => roomId,
      serverUser,
      prefix: '!admin',
      answers: 'reply',
      splits: false,
      timeoutMs: 150,
      log,
      ...options,
      matrix: {
        userId: botId,
        serverName: 'x.org',
        health: () => ({ state: 'well' }),
        async send(_roomId, _type, content) {
          const failure = room.failSend?.();
          if (failure !== undefined) throw failure;
          sent.push(String(content.body));
          const event = eventOf(String(content.body), { sender: botId, content });
          ids.push(event.eventId);
          history.push(event);
          room.transport.see(event);
          room.beforeSent?.(event.eventId);
          for (const look of waiting) look();
          return event.eventId;
        },
        async history(_roomId, limit, until = () => false) {
          const newest = history.toReversed().slice(0, limit);
          const at = newest.findIndex(until);
          return at === -1 ? newest : newest.slice(0, at + 1);
        },
        async download(mxc) {
          return files.get(mxc) ?? '';
        },
      },
    }),
    comes(body, more) {
      const event = eventOf(body, more);
      history.push(event);
      room.transport.see(event);
      return event.eventId;
    },
    missed(body, more) {
      const event = eventOf(body, more);
      history.push(event);
      return event.eventId;
    },
    commandId(count) {
      return new Promise((resolve) => {
        const look = () => {
          const id = ids[count - 1];
          if (id === undefined) return;
          waiting.delete(look);
          resolve(id);
        };
        waiting.add(look);
        look();
      });
    },
  };
  return room;
}
