import { Problem } from '../../../core/problem.ts';
import { code, say } from '../../../core/text.ts';

/** Throws `Problem('never')` for the alias by which the admin room is looked for: whoever holds it could pose as that room. */
export function notReserved(alias: string): void {
  if (!/^#admins:/i.test(alias)) return;
  throw new Problem('never', say`${code(alias)} is kept for the admin room. I neither set nor remove it.`);
}
