import { Problem } from '../../core/problem.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { Destination, Federation } from '../../homeserver/federation.ts';

/** The server, or a refusal that says that this one never sent there. */
export async function foundDestination(federation: Federation, serverName: string): Promise<Destination> {
  const found = await federation.destination(serverName);
  if (found !== undefined) return found;
  throw new Problem(
    'not-found',
    say`This server has never sent anything to ${code(serverName)}.`,
    say`${commandLine('federation destinations')} lists the servers it sends to.`,
  );
}
