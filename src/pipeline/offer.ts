import type { Asker } from '../commands/asker.ts';
import type { AnyCommand, Danger, Plan } from '../commands/define.ts';
import type { Json } from '../core/json.ts';
import type { Output } from '../core/output.ts';
import { planReply } from '../core/plan-reply.ts';
import type { ReadCommand } from '../core/read-command.ts';
import { withoutSecrets } from '../core/secret-fields.ts';
import { code, say } from '../core/text.ts';
import type { RoomEvent } from '../matrix/matrix.ts';
import { answerTo, shortCode } from './answer.ts';
import type { Context } from './context.ts';
import { targetsIn } from './execute.ts';
import { type Frozen, mostNamed } from './plan-store.ts';
import { storedWords } from './plan-words.ts';

/** A command with the plan that was made for it. */
export interface Offer {
  readonly event: RoomEvent;
  readonly command: AnyCommand;
  readonly input: Record<string, unknown>;
  readonly asker: Asker;
  readonly danger: Danger;
  readonly plan: Plan<Json>;
  readonly heldSecret: boolean;
  readonly output: Output | undefined;
}

/** The plan of a command that has none of its own; a typed secret is not repeated in it. */
export function plainPlan({ command, line, secretFields }: ReadCommand<AnyCommand>): Plan<Json> {
  return {
    title: say`Run ${code(secretFields.length > 0 ? command.path : line)}.`,
    targets: [],
    cautions: [],
    ...(command.danger === 'typed' ? { words: ['yes'] } : {}),
    frozen: null,
  };
}

/** What is stored of a plan and goes into the audit trail. */
export function frozenFrom(
  command: AnyCommand,
  input: Record<string, unknown>,
  plan: Plan<Json> | undefined,
  heldSecret: boolean,
): Frozen {
  const named = plan?.targets.map(({ id }) => id) ?? [];
  const targets = named.length > 0 ? named : targetsIn(withoutSecrets(command, input));
  return { own: plan?.frozen ?? null, targets: targets.slice(0, mostNamed), count: targets.length, heldSecret };
}

function freshCode(context: Context, eventId: string): string {
  for (let again = 0; ; again++) {
    const made = shortCode(`plan ${eventId} ${again}`);
    if (context.store.plans.get(made) === undefined) return made;
  }
}

/** Shows the plan and waits; the requester's yes comes as an event of its own. */
export async function offer(
  context: Context,
  { event, command, input, asker, danger, plan, heldSecret, output }: Offer,
): Promise<void> {
  const { settings, store, clock } = context;
  const planCode = freshCode(context, event.eventId);
  const shown = planReply(plan, {
    danger,
    code: planCode,
    prefix: context.catalog.prefix,
    expiresInMs: settings.planTtlMs,
    dryRun: false,
    path: command.path,
  });
  const answer = await answerTo(context, event, shown, { path: command.path, output, planCode });
  const expiresAt = clock() + settings.planTtlMs;
  store.finish(event.eventId, {
    outcome: 'offered',
    outbox: answer.outbox,
    plan: {
      code: planCode,
      requester: asker.userId,
      roomId: event.roomId,
      source: event.eventId,
      command: command.path,
      input: withoutSecrets(command, input),
      frozen: { ...frozenFrom(command, input, plan, heldSecret) } as Json,
      word: danger === 'typed' ? storedWords(plan.words ?? []) : undefined,
      expiresAt,
    },
    due: [
      ...answer.due,
      { key: `plan ${planCode}`, kind: 'expire-plan', roomId: event.roomId, target: planCode, at: expiresAt },
    ],
  });
  context.wake.outbox();
  context.wake.due();
}
