import { MatrixFault } from '../http.ts';

/** True where the homeserver says that what was asked for does not exist, as opposed to an endpoint that does not. */
export function isMissing(error: unknown): boolean {
  return error instanceof MatrixFault && error.status === 404 && error.errcode === 'M_NOT_FOUND';
}

/** True where the homeserver says that the bot may not see it. */
export function isForbidden(error: unknown): boolean {
  return error instanceof MatrixFault && error.status === 403 && error.errcode === 'M_FORBIDDEN';
}
