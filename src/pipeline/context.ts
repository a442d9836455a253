import type { AnyCommand, Capabilities } from '../commands/define.ts';
import type { Me } from '../core/addressed.ts';
import type { Catalog } from '../core/declaration.ts';
import type { Output } from '../core/output.ts';
import type { Reply } from '../core/reply.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import type { Log } from '../log.ts';
import type { Matrix, RoomEvent } from '../matrix/matrix.ts';
import type { Store } from '../store/store.ts';
import type { Answer, AnswerOptions } from './answer.ts';
import type { Authorizer } from './authorize.ts';
import type { SecretDelivery } from './secrets.ts';
import type { Spool } from './spool.ts';

/** What the operator decided, in milliseconds where it is a time. */
export interface Settings {
  readonly output: Output;
  readonly maxCommandAgeMs: number;
  readonly planTtlMs: number;
  /** From so many targets on a second person must confirm. */
  readonly twoPerson: number | undefined;
}

/** What the steps of the pipeline share; made once in `bot.ts`. */
export interface Context {
  readonly settings: Settings;
  readonly store: Store;
  readonly matrix: Matrix;
  readonly roomId: string;
  readonly me: () => Me;
  readonly catalog: Catalog<AnyCommand>;
  readonly caps: Capabilities;
  /** What there is in place of nouns that the homeserver has not. */
  readonly instead: NonNullable<Homeserver['instead']>;
  /** A write whose answer is lost is never sent again, and may still be done. */
  readonly writesOnce: boolean;
  readonly authorizer: Authorizer;
  readonly secrets: SecretDelivery;
  readonly spool: Spool;
  /** Shows a reply to whoever asked: by messages to the room, or, from the shell, at once. */
  readonly answer: (event: RoomEvent, reply: Reply, options: AnswerOptions) => Promise<Answer>;
  /** Inputs with typed secrets, by source, where these stand in no room and so cannot be read again. */
  readonly typed?: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Something was put into the store: wakes who works it off. */
  readonly wake: { outbox(): void; jobs(): void; due(): void };
  /** Resolves when nothing waits in the outbox any more. */
  readonly allSent: () => Promise<void>;
  /** True once the bot was told to stop: what is cut off then stays open, and is settled at the next start. */
  readonly stopped: () => boolean;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}
