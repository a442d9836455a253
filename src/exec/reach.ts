import type { Config } from '../config.ts';
import type { Attempt } from '../http.ts';
import { createLog, type Log } from '../log.ts';
import { connectPlain } from '../matrix/connect-plain.ts';
import type { Matrix } from '../matrix/matrix.ts';

/** The homeserver as the command line reaches it, before anything of the bot's own is opened. */
export interface Reach {
  readonly matrix: Matrix;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Hears how each call ended. */
  readonly heard: (attempt: Attempt) => void;
  /** Cuts off every call under way. */
  readonly abort: () => void;
}

/**
 * Asks the homeserver who the bot is. `verbose`: 0 says nothing beside the answers. Rejects with DeadToken, MatrixFault
 * or NoAnswer.
 */
export async function openReach(config: Config, verbose: number): Promise<Reach> {
  const calls = new AbortController();
  const { signal } = calls;
  const level = verbose === 0 ? 'silent' : verbose === 1 ? 'info' : 'debug';
  const token = config.accessToken();
  const log = createLog({ level, toStandardError: true, secrets: [token] });
  const heard = (attempt: Attempt) => log.debug({ ...attempt }, 'asked the homeserver');
  const matrix = await connectPlain({ homeserverUrl: config.homeserverUrl, token, signal, heard });
  return { matrix, log, signal, heard, abort: () => calls.abort() };
}
