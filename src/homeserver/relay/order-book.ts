import type { RoomEvent } from '../../matrix/matrix.ts';

/**
 * Which answer is whose, where answers say nothing of it: the server takes the room's commands one after the other, so
 * the first answer is the first command's, whoever sent it.
 */
export interface OrderBook {
  see(event: RoomEvent): void;
  answerTo(commandId: string): RoomEvent | undefined;
  /** True where an answer is owed from before, which may never come: what comes next might be that one. */
  owes(): boolean;
  /** Whose answer is whose cannot be told any more. */
  lose(): void;
  /** All that was owed up to this command's answer has come, or never will. */
  settle(commandId: string): void;
}

export interface OrderBookOptions {
  readonly isCommand: (event: RoomEvent) => boolean;
  readonly isAnswer: (event: RoomEvent) => boolean;
}

const mostKept = 200;

export function createOrderBook({ isCommand, isAnswer }: OrderBookOptions): OrderBook {
  let waiting: string[] = [];
  let lost = false;
  const answers = new Map<string, RoomEvent>();
  const seen = new Set<string>();
  return {
    see(event) {
      if (seen.has(event.eventId)) return;
      seen.add(event.eventId);
      if (seen.size > mostKept) seen.delete(seen.values().next().value ?? '');
      if (isCommand(event)) waiting.push(event.eventId);
      else if (isAnswer(event) && !lost) {
        const commandId = waiting.shift();
        if (commandId === undefined) return;
        answers.set(commandId, event);
        if (answers.size > mostKept) answers.delete(answers.keys().next().value ?? '');
      }
    },
    answerTo: (commandId) => answers.get(commandId),
    owes: () => lost || waiting.length > 0,
    lose() {
      lost = true;
    },
    settle(commandId) {
      lost = false;
      waiting = waiting.slice(waiting.indexOf(commandId) + 1);
    },
  };
}
