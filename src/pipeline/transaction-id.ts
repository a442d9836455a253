import { createHash } from 'node:crypto';

/**
 * Transaction id for the n-th thing that a command makes the bot send: the same parts give the same id,
 * over restarts too, so that the homeserver drops the second arrival.
 */
export function transactionId(eventId: string, what: string): string {
  return `castellan-${createHash('sha256').update(`${eventId}\n${what}`).digest('base64url').slice(0, 32)}`;
}
