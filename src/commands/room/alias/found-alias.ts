import { Problem } from '../../../core/problem.ts';
import { code, commandLine, say } from '../../../core/text.ts';
import type { AliasTarget, Directory } from '../../../homeserver/directory.ts';

/** Where an alias leads, or a Problem that names it. */
export async function foundAlias(directory: Directory, alias: string): Promise<AliasTarget> {
  const target = await directory.find(alias);
  if (target !== undefined) return target;
  throw new Problem(
    'not-found',
    say`The alias ${code(alias)} leads nowhere.`,
    say`${commandLine('room alias list')} shows those of this server.`,
  );
}
