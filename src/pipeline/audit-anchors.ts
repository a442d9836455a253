import { z } from 'zod';
import { once } from '../core/once.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { AuditAnchor } from '../store/store.ts';

/** So many pages of the bot's own messages are read; what is older is vouched for by what came after it. */
const mostPages = 200;
const pageSize = 100;

const page = once(() => z.object({ chunk: z.array(z.unknown()), end: z.string().optional() }));
const answer = once(() =>
  z.object({
    sender: z.string(),
    content: z.object({
      'm.new_content': z.undefined().optional(),
      'dev.castellan.audit': z.object({ seq: z.int().positive(), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
    }),
  }),
);

/**
 * What the bot's own answers in the room say of the audit trail: they stand with the homeserver, where whoever rewrites
 * the store does not reach them. Edits of them are not looked at. What others say there is not even fetched: no flood of
 * theirs hides an answer, or has to be held.
 */
export async function anchorsIn(
  matrix: Pick<Matrix, 'request' | 'userId'>,
  roomId: string,
): Promise<readonly AuditAnchor[]> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages`;
  const filter = JSON.stringify({ senders: [matrix.userId], types: ['m.room.message'] });
  const found: AuditAnchor[] = [];
  for (let from: string | undefined = '', pages = 0; from !== undefined && pages < mostPages; pages += 1) {
    const query = { dir: 'b', limit: pageSize, filter, ...(from === '' ? {} : { from }) };
    const { chunk, end } = page().parse(await matrix.request('GET', path, undefined, { query }));
    for (const event of chunk) {
      const { success, data } = answer().safeParse(event);
      if (success && data.sender === matrix.userId) found.push(data.content['dev.castellan.audit']);
    }
    from = end === from ? undefined : end;
  }
  return found;
}
