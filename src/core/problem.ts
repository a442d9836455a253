import type { Text } from './text.ts';

/** Stable names of failures a person can act on; the wording may change, these do not. */
export type ProblemCode =
  | 'usage' // the words typed do not fit the grammar
  | 'unknown-command'
  | 'forbidden' // who asks may not
  | 'never' // nobody may: the never-list
  | 'not-found'
  | 'exists'
  | 'conflict' // the server's state does not allow it
  | 'rejected' // the server said no
  | 'unsupported' // this homeserver has no way to do it
  | 'unavailable' // the server could not be asked; nothing was done
  | 'unknown-outcome' // it may have been done
  | 'expired'
  | 'secret-gone'
  | 'internal';

/** A failure with words for the person: what happened and why, and in `hint` what to do now. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly text: Text;
  readonly hint: Text | undefined;

  constructor(code: ProblemCode, text: Text, hint?: Text) {
    super(text.parts.map((part) => part.text).join(''));
    this.name = 'Problem';
    this.code = code;
    this.text = text;
    this.hint = hint;
  }
}
