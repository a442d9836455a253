import type { Text } from '../core/text.ts';
import type { Due } from '../store/store.ts';
import { type Posting, post } from './post.ts';
import { transactionId } from './transaction-id.ts';

/** Says in the admin room what came of something that was due. */
export type Tell = (due: Due, words: Text) => void;

export function createTell(posting: Posting): Tell {
  return (due, words) => post(posting, words, transactionId(due.key, String(due.at)), false);
}
