import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { counted, wordsOf } from '../../core/text.ts';
import type { RedactionOrder, Redactions } from '../../homeserver/redactions.ts';
import type { Step } from '../define.ts';
import { type LeftIn, leftIn, type Redacted } from './redacted.ts';

/** What could be read in these rooms when it began. */
const kept = once(() => z.record(z.string(), z.number()).catch({}));

/**
 * Redacts what somebody wrote by the bot's own power, the newest first. Synapse's own way would hang each redaction on
 * the message it takes back, and so ask what power the bot had when that was sent. May be done again after it was cut short.
 */
export async function redactOneByOne(
  redactions: Redactions,
  userId: string,
  { rooms, limit, reason }: RedactionOrder,
  step: Pick<Step, 'kept' | 'keep' | 'says' | 'cancelled'>,
): Promise<Redacted> {
  const refused = new Map<string, string>();
  const left: LeftIn[] = [];
  let redacted = 0;
  let reached = 0;
  let readableAtFirst = kept().parse(step.kept);
  for (const roomId of rooms) {
    const { readable, total } = await redactions.written(userId, roomId);
    if (readableAtFirst[roomId] === undefined) {
      readableAtFirst = { ...readableAtFirst, [roomId]: readable.length };
      step.keep(readableAtFirst);
    }
    const due = readable.filter(({ nth }) => nth > total - limit).reverse();
    for (const [at, { eventId }] of due.entries()) {
      if (step.cancelled()) break;
      step.says(
        `${at.toLocaleString('en')} of ${counted(due.length, 'message')} in room ${reached + 1} of ${rooms.length}, ${refused.size.toLocaleString('en')} refused.`,
      );
      const why = await refusal(() => redactions.redact(roomId, eventId, reason));
      if (why !== undefined) refused.set(eventId, why);
    }
    reached += 1;
    const written = await redactions.written(userId, roomId);
    redacted += Math.max(0, (readableAtFirst[roomId] ?? 0) - written.readable.length);
    const here = leftIn(roomId, written, limit, refused);
    if (here !== undefined) left.push(here);
  }
  const stopped = step.cancelled() && left.length > 0 ? 'cancelled' : undefined;
  return { redacted, rooms: rooms.length, left, refused, stopped, redactionId: undefined };
}

/** Why the homeserver said no; throws what is about more than this event. */
async function refusal(act: () => Promise<void>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem) || (error.code !== 'rejected' && error.code !== 'not-found')) throw error;
    return wordsOf(error.text);
  }
}
