import { Problem } from '../core/problem.ts';
import { MatrixFault, NoAnswer } from '../http.ts';

/** True for a failure that passes when the homeserver is well again; what it kept from being done can be done then. */
export function isAway(error: unknown): boolean {
  if (error instanceof MatrixFault) return error.status >= 500 || error.status === 429;
  return error instanceof NoAnswer || (error instanceof Problem && error.code === 'unavailable');
}
