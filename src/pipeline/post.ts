import type { Json } from '../core/json.ts';
import { renderNotice } from '../core/render.ts';
import { paragraph } from '../core/reply.ts';
import type { Text } from '../core/text.ts';
import type { Store } from '../store/store.ts';

/** Where messages that answer nobody go. */
export interface Posting {
  readonly store: Store;
  readonly roomId: string;
  readonly prefix: string;
  readonly wakeOutbox: () => void;
}

/**
 * A message of the bot's own accord; one with a transaction id that is known already is not posted again. `notify`:
 * it mentions the room, so that everybody's client makes itself heard.
 */
export function post(
  { store, roomId, prefix, wakeOutbox }: Posting,
  words: Text,
  transactionId: string,
  notify: boolean,
): void {
  const reply = { outcome: 'done' as const, blocks: [paragraph(words)] };
  const content = renderNotice(reply, { prefix, path: 'notice' });
  const loud = { body: `@room ${content.body}`, 'm.mentions': { room: true } };
  store.outbox.add({
    roomId,
    type: 'm.room.message',
    content: { ...content, msgtype: 'm.text', ...(notify ? loud : {}) } as Json,
    transactionId,
  });
  wakeOutbox();
}
