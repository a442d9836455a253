import type { Matrix } from '../../matrix/matrix.ts';

export interface HarmlessOptions {
  /** The homeserver's own room. */
  readonly roomId: string;
  /** What commands begin with there. */
  readonly beginnings: readonly string[];
}

/**
 * The same, but that nothing the bot says in the homeserver's own room is taken for a command there: that room reads
 * every message, whatever its type, and a reply may begin with anybody's name.
 */
export function withHarmlessMessages(matrix: Matrix, { roomId, beginnings }: HarmlessOptions): Matrix {
  const isCommand = (body: string) => {
    const start = body.trimStart().replace(/^\\+/, '').toLowerCase();
    return beginnings.some((beginning) => start.startsWith(beginning.toLowerCase()));
  };
  return {
    ...matrix,
    send(to, type, content, transactionId) {
      const { body } = content;
      const risky = to === roomId && typeof body === 'string' && isCommand(body);
      return matrix.send(to, type, risky ? { ...content, body: `· ${body}` } : content, transactionId);
    },
  };
}
