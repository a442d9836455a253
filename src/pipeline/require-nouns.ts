import type { AnyCommand } from '../commands/define.ts';
import { Problem } from '../core/problem.ts';
import { code, say, type Text } from '../core/text.ts';
import type { Context } from './context.ts';

/** Throws Problem where the homeserver lacks what the command needs. */
export function requireNouns({ caps, instead }: Pick<Context, 'caps' | 'instead'>, command: AnyCommand): void {
  for (const noun of command.needs) {
    if (caps[noun] === undefined) {
      throw new Problem(
        'unsupported',
        say`This homeserver offers me no way to do ${code(command.path)}.`,
        (instead as Partial<Record<typeof noun, Text>>)[noun],
      );
    }
  }
}
