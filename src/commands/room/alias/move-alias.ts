import { Problem } from '../../../core/problem.ts';
import { code, say } from '../../../core/text.ts';
import type { AliasTarget } from '../../../homeserver/directory.ts';
import type { Capabilities } from '../../define.ts';
import { canonicalAlias } from './canonical-alias.ts';

export interface Move {
  readonly alias: string;
  readonly from: AliasTarget;
  readonly to: { readonly roomId: string; readonly servers?: readonly string[] };
  /** True where an earlier try took it away from there already. */
  readonly begun: boolean;
}

type Caps = Pick<Capabilities, 'directory' | 'roomData' | 'wayBack'>;

/**
 * A homeserver can only take an alias away and then give it anew. What may go wrong in between leaves it where it was:
 * where it led is kept until it leads somewhere again, over a crash too.
 */
export async function moveAlias(move: Move, { directory, roomData, wayBack }: Caps): Promise<void> {
  const { alias, from, to } = move;
  // That it is taken is what a homeserver objects to last: no rule stands in the way of the new room then.
  if (!move.begun && (await isFree())) return;
  const addresses = await canonicalAlias(roomData, from.roomId);
  wayBack.keepAlias(alias, from.roomId);
  try {
    await directory.remove(alias);
    await directory.add(alias, to.roomId, to.servers);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await afterFailure(error);
  }
  wayBack.forgetAlias(alias);

  /** Sets it, if nobody has it any more. */
  async function isFree(): Promise<boolean> {
    try {
      await directory.add(alias, to.roomId, to.servers);
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === 'exists') return false;
      throw error;
    }
  }

  /** Returns where it was done all the same, and only the answer was lost. */
  async function afterFailure(error: Problem): Promise<void> {
    const lost = error.code === 'unknown-outcome';
    const now = (await whereItLeads()) ?? (await putBack());
    if (now.roomId === to.roomId) return;
    // A call without an answer may still be carried out: then what is kept helps later.
    if (!lost) wayBack.forgetAlias(alias);
    throw new Problem(
      lost ? 'unavailable' : error.code,
      say`${code(alias)} was not set to ${code(to.roomId)}. ${error.text}`,
      say`It leads to ${code(now.roomId)}${now.roomId === from.roomId ? ', as before' : ''}.`,
    );
  }

  async function whereItLeads(): Promise<AliasTarget | undefined> {
    try {
      return await directory.find(alias);
    } catch (error) {
      throw error instanceof Problem ? adrift(error) : error;
    }
  }

  async function putBack(): Promise<AliasTarget> {
    let failure: Problem | undefined;
    try {
      await directory.add(alias, from.roomId, from.servers);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      failure = error;
    }
    const now = await whereItLeads();
    if (now === undefined) throw adrift(failure ?? new Problem('internal', say`It leads nowhere.`));
    if (now.roomId === from.roomId) await putBackAddresses();
    return now;
  }

  /** Taking the alias away took it out of these too, if the bot has power in that room. */
  async function putBackAddresses(): Promise<void> {
    const left = await canonicalAlias(roomData, from.roomId).catch(() => addresses);
    if (JSON.stringify(left) === JSON.stringify(addresses)) return;
    await directory.setCanonicalAlias(from.roomId, addresses).catch(() => undefined);
  }

  function adrift(why: Problem): Problem {
    return new Problem(
      'unknown-outcome',
      say`${code(alias)} may lead nowhere now. ${why.text}`,
      say`It led to ${code(from.roomId)}. In a few minutes I look again, and point it there should it lead nowhere.`,
    );
  }
}
