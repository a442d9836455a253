import type { Json } from '../core/json.ts';
import { renderReply } from '../core/render.ts';
import { paragraph } from '../core/reply.ts';
import type { Text } from '../core/text.ts';
import type { Due, Store } from '../store/store.ts';
import { transactionId } from './transaction-id.ts';

/** Says in the admin room what came of something that was due. */
export type Tell = (due: Due, words: Text) => void;

export function createTell(options: {
  readonly store: Store;
  /** The admin room. */
  readonly roomId: string;
  readonly prefix: string;
  readonly wakeOutbox: () => void;
}): Tell {
  const { store, roomId, prefix, wakeOutbox } = options;
  return (due, words) => {
    const { content } = renderReply(
      { outcome: 'done', blocks: [paragraph(words)] },
      { output: 'human', prefix, path: due.kind },
    );
    const id = transactionId(due.key, String(due.at));
    store.outbox.add({ roomId, type: 'm.room.message', content: { ...content } as Json, transactionId: id });
    wakeOutbox();
  };
}
