import { nearest } from '../../core/nearest.ts';
import { Problem } from '../../core/problem.ts';
import { code, commandLine, joined, say } from '../../core/text.ts';
import type { Appservice, Host } from '../../homeserver/host.ts';

/** The registered application service of this id; refused by name where there is none. */
export async function foundAppservice(host: Host, id: string): Promise<Appservice> {
  const { registered } = await host.appservices();
  const found = registered.find((one) => one.id === id);
  if (found !== undefined) return found;
  const near = nearest(
    id,
    registered.map((one) => one.id),
  );
  throw new Problem(
    'not-found',
    say`No application service ${code(id)} is registered.`,
    near.length > 0
      ? say`Perhaps ${joined(near.map(code), ' or ')} is meant.`
      : say`${commandLine('appservice list-registered')} shows those there are.`,
  );
}
