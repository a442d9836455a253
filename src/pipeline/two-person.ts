import type { Asker } from '../commands/asker.ts';
import { Problem } from '../core/problem.ts';
import { type Reply, reply } from '../core/reply.ts';
import { isAtLeast } from '../core/roles.ts';
import { code, say } from '../core/text.ts';
import type { PlanRow, Store } from '../store/store.ts';
import type { Context } from './context.ts';
import { frozenOf } from './plan-store.ts';

const name = (planCode: string) => `consent:${planCode}`;

/** True once the requester of a plan that needs two people has said yes, so that somebody else may. */
export const waitsForSecond = (store: Store, planCode: string): boolean =>
  store.values.get(name(planCode)) !== undefined;

/** Forgets the first yes, once the plan is over. */
export const forgetConsent = (store: Store, planCode: string): void => store.values.delete(name(planCode));

/** Above `confirm.twoPerson` targets nothing skips the second person. */
export function needsTwo({ settings }: Pick<Context, 'settings'>, targets: number): boolean {
  return settings.twoPerson !== undefined && targets >= settings.twoPerson;
}

function note(context: Context, plan: PlanRow, asker: Asker, detail: string): void {
  context.store.audit.append({
    kind: 'note',
    actor: asker.userId,
    source: asker.source,
    command: 'confirm',
    input: { code: plan.code },
    targets: [],
    plan: plan.code,
    detail,
  });
}

/**
 * Whether a yes is enough to run the plan, and in whose name: the requester's. Below the limit hers is; from it on
 * hers is the first and another admin's or owner's the second.
 */
export async function consent(context: Context, asker: Asker, plan: PlanRow): Promise<Asker | Reply> {
  const { store, authorizer, catalog } = context;
  if (!needsTwo(context, frozenOf(plan.frozen).count)) return asker;
  if (asker.userId === plan.requester) {
    if (!waitsForSecond(store, plan.code)) {
      note(context, plan, asker, 'first yes');
      store.values.set(name(plan.code), asker.userId);
    }
    const line = `${catalog.prefix} confirm ${plan.code}${plan.word === undefined ? '' : ` ${plan.word.split('\n')[0]}`}`;
    return reply.says(
      say`⏳ This is so much that a second admin or owner must confirm it too, in the same way: ${code(line)}. Nothing was done yet.`,
    );
  }
  if (!isAtLeast(asker.role, 'admin')) {
    throw new Problem('forbidden', say`The second yes must come from an admin or owner; your role is ${asker.role}.`);
  }
  const role = await authorizer.roleOf(plan.requester);
  if (role === undefined) {
    throw new Problem(
      'forbidden',
      say`${code(plan.requester)}, who asked for this, may not any more; nothing was done.`,
    );
  }
  note(context, plan, asker, 'second yes');
  return { userId: plan.requester, role, source: asker.source };
}
