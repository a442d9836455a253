import type { AnyCommand } from '../commands/define.ts';
import { type ReadCommand, readCommand, Unread } from '../core/read-command.ts';
import type { RoomEvent } from '../matrix/matrix.ts';
import type { InboxRow } from '../store/store.ts';
import type { Context } from './context.ts';
import { reactionOf } from './gate.ts';

/** What an admitted event says. */
export type Reading =
  | { readonly kind: 'command'; readonly read: ReadCommand<AnyCommand> }
  | { readonly kind: 'unread'; readonly problem: Unread }
  | { readonly kind: 'reaction'; readonly key: string; readonly target: string }
  | { readonly kind: 'nothing' };

/** A command on its way; lives in memory only. */
export interface Request {
  readonly row: InboxRow;
  readonly event: RoomEvent;
  /** It arrived later than `maxCommandAge`, by the server's clock. */
  readonly late: boolean;
  readonly reading: Reading;
}

/** Reads an event's words; never throws. */
export function readingOf(context: Pick<Context, 'me' | 'catalog'>, event: RoomEvent): Reading {
  if (event.type === 'm.reaction') {
    const reaction = reactionOf(event.content);
    return reaction ? { kind: 'reaction', ...reaction } : { kind: 'nothing' };
  }
  try {
    const read = readCommand(event.content, context.me(), context.catalog);
    return read ? { kind: 'command', read } : { kind: 'nothing' };
  } catch (error) {
    if (error instanceof Unread) return { kind: 'unread', problem: error };
    throw error;
  }
}

/** Whether its message may hold a typed secret. */
export function holdsSecret(reading: Reading): boolean {
  if (reading.kind === 'unread') return reading.problem.heldSecret;
  return reading.kind === 'command' && reading.read.secretFields.length > 0;
}
