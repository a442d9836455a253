import { Problem } from '../../core/problem.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { UserDetails } from '../../homeserver/users.ts';

/** Synapse keeps no record of a guest's token, so that no deleted device ends it. Throws Problem('unsupported'). */
export function refuseGuest({ guest, userId }: UserDetails): void {
  if (!guest) return;
  throw new Problem(
    'unsupported',
    say`${code(userId)} is a guest. The server keeps no record of a guest's session, so it goes on whatever is deleted.`,
    say`${commandLine(`user lock ${userId}`)} shuts it out.`,
  );
}
