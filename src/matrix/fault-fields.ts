import { MatrixFault, NoAnswer } from '../http.ts';
import { errorFields, type LogFields } from '../log.ts';

/** What is logged of a request that failed; for anything else, where it happened as well. */
export function faultFields(error: unknown): LogFields {
  if (error instanceof NoAnswer) return { error: error.name, state: error.kind, status: error.status };
  if (error instanceof MatrixFault) return { error: error.name, status: error.status, errcode: error.errcode };
  return errorFields(error);
}
