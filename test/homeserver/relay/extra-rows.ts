import type { DialectName } from '../../../src/homeserver/relay/relay.ts';

/** One extra of a dialect: the command typed here, what is sent for it, and what comes back. */
export interface ExtraRow {
  /** Behind the bot's prefix; `\n` begins a block. */
  readonly typed: string;
  /** Behind the homeserver's prefix; a block in its fence. */
  readonly sent: string;
  /** A success, in the homeserver's words. */
  readonly says: string;
  /** What of it stands in the bot's answer. */
  readonly shows: string;
  /** What it says when it refuses, without the envelope; of Conduit as it stands. */
  readonly refuses?: string;
}

const alice = '@alice:x.org';

/** Every extra of every dialect (texts from their sources). `x.org` stands for the server's name. */
export const extraRows: Readonly<Record<DialectName, readonly ExtraRow[]>> = {
  continuwuity: [
    {
      typed: 'user disable-login alice',
      sent: `users disable-login ${alice}`,
      says: `${alice} can no longer log in. Their existing sessions remain unaffected.`,
      shows: 'can log in nowhere new',
      refuses: 'Admin users cannot have their login disallowed.',
    },
    { typed: 'server uptime', sent: 'server uptime', says: '3 days, 2 hours.', shows: '3 days, 2 hours' },
    { typed: 'debug time', sent: 'debug time', says: '2026-11-21T10:00:00Z', shows: '2026-11-21T10:00:00Z' },
    {
      typed: 'query users count-users',
      sent: 'query users count-users',
      says: 'Query completed in 1ms:\n\n```rs\n12\n```',
      shows: '12',
    },
  ],
  tuwunel: [],
  palpo: [],
  conduit: [],
};
