import type { AnyCommand, Capabilities } from '../commands/define.ts';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';

/** Throws Problem where the homeserver lacks what the command needs. */
export function requireNouns(caps: Capabilities, command: AnyCommand): void {
  for (const noun of command.needs) {
    if (caps[noun] === undefined) {
      throw new Problem('unsupported', say`This homeserver offers me no way to do ${code(command.path)}.`);
    }
  }
}
