import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';

/** Throws `Problem('never')` where an act would harm the admin room; `doing`: "publish". */
export function notTheAdminRoom(roomId: string, adminRoomId: string, doing: string): void {
  if (roomId !== adminRoomId) return;
  throw new Problem('never', say`${code(roomId)} is the admin room, where I take my commands. I never ${doing} it.`);
}
