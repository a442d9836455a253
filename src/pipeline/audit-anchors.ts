import { z } from 'zod';
import type { Matrix } from '../matrix/matrix.ts';
import type { AuditAnchor } from '../store/store.ts';

/** So far back the room is read; what is older is vouched for by what came after it. */
const searchedEvents = 20_000;

const anchor = z.object({ seq: z.int().positive(), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/**
 * What the bot's own answers in the room say of the audit trail: they stand with the homeserver, where whoever rewrites
 * the store does not reach them. Edits of them are not looked at.
 */
export async function anchorsIn(
  matrix: Pick<Matrix, 'history' | 'userId'>,
  roomId: string,
): Promise<readonly AuditAnchor[]> {
  const events = await matrix.history(roomId, searchedEvents);
  return events.flatMap(({ sender, content }) => {
    if (sender !== matrix.userId || 'm.new_content' in content) return [];
    const read = anchor.safeParse(content['dev.castellan.audit']);
    return read.success ? [read.data] : [];
  });
}
