import type { DialectName } from '../../../src/homeserver/relay/relay.ts';
import { conduitRows } from './extra-rows-conduit.ts';
import { continuwuityRows } from './extra-rows-continuwuity.ts';
import { tuwunelRows } from './extra-rows-tuwunel.ts';

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
  /** Answers that look like a success and are none: about somebody else, or with lines of somebody's own. */
  readonly not?: readonly string[];
}

/** Every extra of every dialect (texts from their sources). `x.org` stands for the server's name. */
export const extraRows: Readonly<Record<DialectName, readonly ExtraRow[]>> = {
  continuwuity: continuwuityRows,
  tuwunel: tuwunelRows,
  palpo: [],
  conduit: conduitRows,
};
