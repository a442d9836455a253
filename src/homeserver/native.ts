import type { Text } from '../core/text.ts';

/** What the homeserver answered in its own admin room. */
export interface NativeAnswer {
  /** As it came, without captured logs. */
  readonly text: string;
  /** What the homeserver logged meanwhile. */
  readonly logs: string | undefined;
  /** It says of itself that it did nothing. */
  readonly failed: boolean;
  /** Why the answer stands in that room's history, where it does. */
  readonly exposed: Text | undefined;
}

/** The homeserver's own admin room, in its own language; the never-list holds there too. */
export interface Native {
  /** One line, without what every command there begins with, and the lines of a fenced block below it. */
  send(line: string, block: readonly string[]): Promise<NativeAnswer>;
}
