import type { Problem } from '../core/problem.ts';
import { problemReply } from '../core/problem-reply.ts';
import { renderNotice } from '../core/render.ts';
import { paragraph } from '../core/reply.ts';
import type { RoomEvent } from '../matrix/matrix.ts';
import { relationTo } from './answer.ts';
import type { Context } from './context.ts';
import { holdsSecret, readingOf } from './request.ts';
import { transactionId } from './transaction-id.ts';
import { typedSecretRemoval } from './typed-secret.ts';

/**
 * Says past the outbox, which cannot be written, why a command is not run. It is that command's answer: a later one would
 * go out under the same transaction id, and so does not stand there twice. False where it did not arrive.
 */
export async function refuseUnwritten(context: Context, event: RoomEvent, problem: Problem): Promise<boolean> {
  const { matrix, catalog, log } = context;
  const options = { prefix: catalog.prefix, path: 'refused' };
  const removal = holdsSecret(readingOf(context, event)) ? await typedSecretRemoval(context, event.eventId) : undefined;
  const refusal = problemReply(problem);
  const blocks = removal === undefined ? refusal.blocks : [...refusal.blocks, paragraph(removal.said)];
  const content = renderNotice({ ...refusal, blocks }, options);
  const said = { ...content, 'm.relates_to': relationTo(event), 'dev.castellan.for': event.eventId };
  try {
    await matrix.send(event.roomId, 'm.room.message', said, transactionId(event.eventId, 'answer'));
    if (removal !== undefined) {
      // That it is due cannot be written down either.
      const { roomId, target, key } = removal.due;
      await matrix.redact(roomId, target, 'It held a secret', transactionId(target, key)).catch(() => undefined);
    }
    log.warn({ eventId: event.eventId }, 'refused: the database cannot be written');
    return true;
  } catch {
    return false;
  }
}
