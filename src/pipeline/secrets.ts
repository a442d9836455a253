import { formatDuration } from '../core/display.ts';
import { bodyOf, htmlOf } from '../core/markdown.ts';
import { handedOutMark } from '../core/mask-secrets.ts';
import { Problem } from '../core/problem.ts';
import { type Block, paragraph, type Secret } from '../core/reply.ts';
import { code, say } from '../core/text.ts';
import { openDirectRoom } from '../matrix/direct-room.ts';
import { findDelivered, sentForKey } from '../matrix/find-delivered.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { Due, Store } from '../store/store.ts';
import { transactionId } from './transaction-id.ts';

export interface SecretOptions {
  readonly matrix: Matrix;
  readonly store: Store;
  readonly delivery: 'dm' | 'room' | 'none';
  readonly redactAfterMs: number;
  readonly roomId: string;
  /** Where people log in. */
  readonly clientUrl: string;
  readonly clock: () => number;
  readonly wakeDue: () => void;
}

/** The one way of a generated secret: as a text message to the requester, to be redacted; never stored here. */
export interface SecretDelivery {
  /** Checked before the act: the room a secret for this user would go to. Throws where there is none. */
  ready(userId: string): Promise<string>;
  /**
   * True where the message with the secret of that attempt stands in the user's room; what an earlier attempt sent may
   * have come to nothing since. The redaction of all that is found is planned.
   */
  arrived(roomId: string, forEvent: string, attempt: number): Promise<boolean>;
  /** `attempt` numbers the message: the homeserver would drop other content under a number used before. */
  send(roomId: string, forEvent: string, attempt: number, secrets: readonly Secret[]): Promise<void>;
  /** For the answer, which comes after the message with the secret. */
  readonly where: 'in a direct message' | 'in the message above' | 'below';
}

/** One secret stands by itself, to be copied with one tap; many stand in a list, so that fifty fit into a message. */
function shown(secrets: readonly Secret[]): Block[] {
  const [only, ...others] = secrets;
  if (only !== undefined && others.length === 0) {
    return [paragraph(say`${only.label}:`), { kind: 'code', text: only.value }];
  }
  return [{ kind: 'list', items: secrets.map(({ label, value }) => say`${label}: ${code(value)}`) }];
}

export function createSecretDelivery(options: SecretOptions): SecretDelivery {
  const { matrix, store, clock } = options;
  const after = formatDuration(options.redactAfterMs);
  const when = options.delivery === 'room' ? `after ${after}` : `${after} after you have joined this room`;
  const footer = say`Log in at ${options.clientUrl}. This message is removed ${when}.`;

  /** The time to redact counts from when the requester has joined, which is looked up when it comes. */
  function planRedaction(roomId: string, eventId: string): void {
    const due: Due = {
      key: `secret ${eventId}`,
      kind: 'redact-secret',
      roomId,
      target: eventId,
      at: clock() + options.redactAfterMs,
    };
    store.due.add(due);
    options.wakeDue();
  }

  return {
    where: options.delivery === 'room' ? 'in the message above' : 'in a direct message',

    async ready(userId) {
      if (options.delivery === 'none') {
        throw new Problem(
          'forbidden',
          say`This would make a secret, and the bot's configuration (secrets.delivery) says that none are handed out.`,
        );
      }
      return options.delivery === 'room' ? options.roomId : openDirectRoom(matrix, store.values, userId);
    },

    async arrived(roomId, forEvent, attempt) {
      const found = await findDelivered(matrix, roomId, forEvent);
      for (const { eventId } of found) planRedaction(roomId, eventId);
      return found.some(({ n }) => n === attempt);
    },

    async send(roomId, forEvent, attempt, secrets) {
      const blocks: Block[] = [...shown(secrets), paragraph(footer)];
      const eventId = await matrix.send(
        roomId,
        'm.room.message',
        {
          msgtype: 'm.text',
          body: bodyOf(blocks),
          format: 'org.matrix.custom.html',
          formatted_body: htmlOf(blocks),
          'm.mentions': {},
          [sentForKey]: `${forEvent}#${attempt}`,
          [handedOutMark]: true,
        },
        transactionId(forEvent, `secret ${attempt}`),
      );
      planRedaction(roomId, eventId);
    },
  };
}
