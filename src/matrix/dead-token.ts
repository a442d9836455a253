import { type Http, MatrixFault } from '../http.ts';
import { pause } from './pause.ts';

/** The homeserver knows the token no more, also when asked again; the process ends with exit code 5. */
export class DeadToken extends Error {
  constructor() {
    super('the homeserver refuses the access token');
    this.name = 'DeadToken';
  }
}

export const whoamiPath = '/_matrix/client/v3/account/whoami';

/** A locked account (M_USER_LOCKED) answers 401 too, and comes back when it is unlocked. */
function refusesToken(error: unknown): boolean {
  return error instanceof MatrixFault && error.status === 401 && error.errcode === 'M_UNKNOWN_TOKEN';
}

/** True where `error` says that the token is unknown and a second look, a moment later, says the same. */
export async function isDeadToken(error: unknown, http: Http, signal: AbortSignal): Promise<boolean> {
  if (!refusesToken(error)) return false;
  await pause(1_000, signal);
  try {
    await http({ method: 'GET', path: whoamiPath });
    return false;
  } catch (second) {
    return refusesToken(second);
  }
}
