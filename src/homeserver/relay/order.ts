/** What is sent into the homeserver's own admin room, and how its answer is read. Pure data. */
export interface Order<Value> {
  /** The command's own words and flags. */
  readonly words: readonly string[];
  /** What comes from people; each arrives as exactly one word behind those. */
  readonly args?: readonly string[];
  /** Lines of a fenced block below; never empty. */
  readonly block?: readonly string[];
  /** It changes something: where its answer is lost nobody knows whether it was done, and it is never sent again. */
  readonly writes: boolean;
  /** It holds a secret or is answered with one: both messages are removed. */
  readonly secret?: true;
  /**
   * What a success says, and nothing else; `undefined` for every other text. `text` is the whole answer without captured
   * logs, line breaks at its ends taken off. Throws Problem where the answer contradicts itself.
   */
  read(text: string): Value | undefined;
  /** Nothing in its answer says where it ends: where answers come in parts, a long one is not taken for the last. */
  readonly open?: true;
  /** Sentences with which a homeserver that marks no failure as one says no. */
  readonly refusals?: readonly RegExp[];
}
