import type { RoomEvent } from '../matrix/matrix.ts';

/** What the gate needs to know; all of it from memory, since it runs for every event of the room. */
export interface GateOptions {
  readonly botId: string;
  readonly roomId: () => string;
  readonly serverName: string;
  /** Membership of the bound room as the sync tells it. */
  readonly joined: (userId: string) => boolean;
  /** People whose command was admitted since the start; they have no bucket. */
  readonly knownAdmin: (userId: string) => boolean;
  readonly addressed: (content: RoomEvent['content']) => boolean;
  /** True where a reaction's target is the message of a plan or of a page of a list, or may be. */
  readonly isPlan: (messageId: string) => boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export interface Gate {
  /** The kind of command an event is, or undefined: it is none and nothing is stored. */
  admit(event: RoomEvent): 'message' | 'reaction' | undefined;
  /** False for a message or reaction that is no command, whoever sent it; nothing is counted. */
  mayBeCommand(event: RoomEvent): boolean;
  /** How many events fell through, by reason. */
  readonly ignored: Readonly<Record<string, number>>;
}

const perMinute = 60;
const longestLine = 100_000;

/** Text and target of a reaction, variation selectors taken off; undefined where it is none. */
export function reactionOf(content: RoomEvent['content']): { key: string; target: string } | undefined {
  const relation = content['m.relates_to'];
  if (typeof relation !== 'object' || relation === null) return undefined;
  const { rel_type, event_id, key }: Record<string, unknown> = { ...relation };
  if (rel_type !== 'm.annotation' || typeof event_id !== 'string' || typeof key !== 'string') return undefined;
  return { key: key.replaceAll(/[\uFE00-\uFE0F]/g, ''), target: event_id };
}

/** First in the way of a command: right room, type, sender and prefix, before anything is stored. */
export function createGate(options: GateOptions): Gate {
  const ignored: Record<string, number> = {};
  const buckets = new Map<string, { level: number; at: number }>();

  function drop(reason: string): undefined {
    ignored[reason] = (ignored[reason] ?? 0) + 1;
    return undefined;
  }

  /** A bucket of 60 that refills in a minute. */
  function overflows(sender: string): boolean {
    if (options.knownAdmin(sender)) return false;
    const now = options.now();
    if (buckets.size > 10_000) buckets.clear();
    const bucket = buckets.get(sender) ?? { level: 0, at: now };
    bucket.level = Math.max(0, bucket.level - ((now - bucket.at) * perMinute) / 60_000);
    bucket.at = now;
    buckets.set(sender, bucket);
    if (bucket.level >= perMinute) return true;
    bucket.level++;
    return false;
  }

  function kindOf(event: RoomEvent): 'message' | 'reaction' | undefined {
    if (event.stateKey !== undefined || event.redacted) return undefined;
    if (event.type === 'm.room.message') {
      const { body } = event.content;
      if (typeof body !== 'string' || body.length > longestLine) return undefined;
      return options.addressed(event.content) ? 'message' : undefined;
    }
    if (event.type !== 'm.reaction') return undefined;
    const reaction = reactionOf(event.content);
    return reaction !== undefined && options.isPlan(reaction.target) ? 'reaction' : undefined;
  }

  return {
    ignored,
    mayBeCommand: (event) => kindOf(event) !== undefined,
    admit(event) {
      if (event.sender === options.botId) return undefined;
      if (event.roomId !== options.roomId()) return drop('another room');
      const kind = kindOf(event);
      if (kind === undefined) return drop('no command');
      if (event.sender.slice(event.sender.indexOf(':') + 1) !== options.serverName) return drop('another server');
      if (!options.joined(event.sender)) return drop('not joined');
      return overflows(event.sender) ? drop('too many') : kind;
    },
  };
}
