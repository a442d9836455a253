import type { Asker } from '../commands/asker.ts';
import { Problem } from '../core/problem.ts';
import type { Reply } from '../core/reply.ts';
import { code, say } from '../core/text.ts';
import type { PlanRow } from '../store/store.ts';
import { allow } from './authorize.ts';
import type { Context } from './context.ts';
import { execute } from './execute.ts';
import { frozenOf } from './plan-store.ts';
import { planWords } from './plan-words.ts';
import type { Request } from './request.ts';
import { storedInput } from './stored-input.ts';
import { consent, waitsForSecond } from './two-person.ts';

const why: Record<Exclude<PlanRow['state'], 'open'>, string> = {
  claimed: 'has been confirmed already',
  cancelled: 'was dropped',
  expired: 'has expired',
};

/** The plan that may be confirmed or dropped now, by this person; otherwise a Problem that says why not. */
export function openPlan(context: Context, planCode: string, userId: string): PlanRow {
  const { store, clock, roomId } = context;
  const plan = store.plans.get(planCode.toLowerCase());
  if (plan === undefined || plan.roomId !== roomId) {
    throw new Problem('not-found', say`There is no plan with the code ${code(planCode)}.`);
  }
  if (plan.state !== 'open') {
    throw new Problem('expired', say`The plan ${code(plan.code)} ${why[plan.state]}; nothing was done now.`);
  }
  if (plan.expiresAt <= clock()) {
    throw new Problem(
      'expired',
      say`The plan ${code(plan.code)} has expired; nothing was done.`,
      say`Send the command again.`,
    );
  }
  if (plan.requester !== userId && !waitsForSecond(store, plan.code)) {
    throw new Problem(
      'forbidden',
      say`Only ${code(plan.requester)}, who asked for it, can say yes or no to the plan ${code(plan.code)}.`,
    );
  }
  return plan;
}

/**
 * Runs a plan as it was shown, once, if who asked for it still may. `typed`: the word that came with the code. An
 * answer comes back where a second person has to say yes too.
 */
export async function confirm(
  context: Context,
  request: Request,
  asker: Asker,
  plan: PlanRow,
  typed: string | undefined,
): Promise<Reply | undefined> {
  const { catalog, caps, authorizer } = context;
  if (request.late) {
    throw new Problem(
      'expired',
      say`Your yes reached me late, so I did nothing.`,
      say`Send the command again if it is still meant.`,
    );
  }
  checkWord(catalog.prefix, plan, typed);
  const command = catalog.commands.find(({ path }) => path === plan.command);
  if (command === undefined)
    throw new Problem('unsupported', say`The command ${code(plan.command)} does not exist any more.`);
  const frozen = frozenOf(plan.frozen);
  const input = await storedInput(context, command, plan.input, plan.source, frozen.heldSecret);
  const agreed = await consent(context, asker, plan);
  if ('blocks' in agreed) return agreed;
  await allow(agreed.role, command, input, caps, authorizer);
  await execute(context, {
    event: request.event,
    command,
    input,
    asker: agreed,
    frozen,
    planCode: plan.code,
    secretIn: frozen.heldSecret ? plan.source : undefined,
  });
  return undefined;
}

function checkWord(prefix: string, plan: PlanRow, typed: string | undefined): void {
  if (plan.word === undefined) {
    if (typed === undefined || typed === '') return;
    throw new Problem(
      'usage',
      say`This plan needs no word: ${code(`${prefix} confirm ${plan.code}`)} is enough. Nothing was done.`,
    );
  }
  const words = planWords(plan.word);
  const line = code(`${prefix} confirm ${plan.code} ${words[0] ?? ''}`);
  if (typed === undefined || typed === '') {
    throw new Problem('usage', say`This plan needs its word: send ${line}. Nothing was done.`);
  }
  if (!words.includes(typed)) {
    throw new Problem('usage', say`${code(typed)} is not the word of this plan; nothing was done.`, say`Send ${line}.`);
  }
}
