import { z } from 'zod';
import { once } from '../core/once.ts';
import type { RoomEvent } from './matrix.ts';

const wireEvent = once(() =>
  z.object({
    event_id: z.string(),
    type: z.string(),
    sender: z.string(),
    origin_server_ts: z.number(),
    state_key: z.string().optional(),
    content: z.record(z.string(), z.unknown()),
    /** Room versions before 11; later ones have it in the content. */
    redacts: z.string().optional(),
    unsigned: z.object({ age: z.number().optional(), redacted_because: z.unknown().optional() }).optional(),
  }),
);

/** Reads an event as the client API gives it; `undefined` where it is none. */
export function roomEvent(roomId: string, raw: unknown): RoomEvent | undefined {
  const read = wireEvent().safeParse(raw);
  if (!read.success) return undefined;
  const { event_id, type, sender, origin_server_ts, state_key, content, redacts, unsigned } = read.data;
  return {
    roomId,
    eventId: event_id,
    type,
    sender,
    stateKey: state_key,
    content: redacts === undefined ? content : { redacts, ...content },
    redacted: unsigned?.redacted_because !== undefined && unsigned.redacted_because !== null,
    // An unknown age counts as old: the careful side, since late commands are asked about before they run.
    ageMs: unsigned?.age === undefined ? Number.POSITIVE_INFINITY : Math.max(0, unsigned.age),
    originServerTs: origin_server_ts,
  };
}
