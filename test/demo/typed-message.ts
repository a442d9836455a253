const opening = /(^|\s)```\w*$/;
const closing = /^\s*```\s*$/;

/** Puts typed and pasted lines together into messages. */
export interface TypedMessage {
  /** True while lines wait for more. */
  isOpen(): boolean;
  /** Takes a line; returns the message that it completes. `pasting`: more of the same paste is to come. */
  add(line: string, pasting: boolean): string | undefined;
}

/**
 * A line is a message, except that a paste stays together, and that a line which ends with ``` waits for the line that
 * closes the block. A terminal has no key for a line break within a message, so the block may begin on the command's
 * own line; it is sent below it, where it belongs.
 */
export function typedMessage(): TypedMessage {
  let lines: string[] = [];

  function inBlock(): boolean {
    let open = false;
    for (const line of lines) open = open ? !closing.test(line) : opening.test(line.trimEnd());
    return open;
  }

  return {
    isOpen: () => lines.length > 0,
    add(line, pasting) {
      lines.push(line);
      if (pasting || inBlock()) return undefined;
      const text = lines.join('\n').trimEnd();
      lines = [];
      return text.includes('\n') ? text.replace(/^(.*\S)[^\S\n]+(```\w*)(?=\n)/, '$1\n$2') : text;
    },
  };
}
