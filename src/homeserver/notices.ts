/** Messages from the server itself to its users ("server notices"). */
export interface Notices {
  /** False where the server is not configured for them. */
  areEnabled(): Promise<boolean>;
  /** Sends plain text to a local user; `mark` tells this message from all others and is found again by `arrived`. */
  send(userId: string, text: string, mark: string): Promise<void>;
  /** True where a message with that mark stands among the last ones of a room that the user is or was in. */
  arrived(userId: string, mark: string): Promise<boolean>;
}
