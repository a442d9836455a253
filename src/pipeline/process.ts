import { setTimeout as delay } from 'node:timers/promises';
import type { Asker, Role } from '../commands/asker.ts';
import type { AnyCommand } from '../commands/define.ts';
import { type Danger, graver } from '../commands/define.ts';
import type { Output } from '../core/output.ts';
import { planReply } from '../core/plan-reply.ts';
import { Problem } from '../core/problem.ts';
import { problemReply } from '../core/problem-reply.ts';
import { type ReadCommand, readLine } from '../core/read-command.ts';
import { paragraph, type Reply, reply } from '../core/reply.ts';
import { code, say } from '../core/text.ts';
import { StorageProblem } from '../store/storage-problem.ts';
import type { InboxOutcome, PlanRow } from '../store/store.ts';
import { answerTo } from './answer.ts';
import { allow } from './authorize.ts';
import { confirm, openPlan } from './confirm.ts';
import type { Context } from './context.ts';
import { execute } from './execute.ts';
import { nextPageKey } from './next-page-key.ts';
import { frozenFrom, offer } from './offer.ts';
import { planFor } from './plan-for.ts';
import { problemOf } from './problem-of.ts';
import { recordRead } from './record-read.ts';
import { holdsSecret, type Request } from './request.ts';
import { requireNouns } from './require-nouns.ts';
import { needsTwo } from './two-person.ts';
import { typedSecretRemoval } from './typed-secret.ts';
import { untilWritten } from './until-written.ts';
import { refuseUnwritten } from './unwritten.ts';

/** A stranger is told once in this time. */
const refusalEveryMs = 10 * 60_000;
/** How long a command without a backend call waits for the live word on who asks, if it is known from before. */
const patienceForLocalMs = 2_000;

/** Whether an event's command needs no homeserver, and so goes into the quick lane. */
export function isLocal({ reading }: Pick<Request, 'reading'>): boolean {
  return reading.kind === 'command' && reading.read.command.local === true;
}

/** Takes an event from `received` to its end: the way of a command, in one function. Never throws. */
export function createProcess(context: Context): (request: Request) => Promise<void> {
  const { store, log, authorizer, clock } = context;
  const refusedAt = new Map<string, number>();

  /** A live answer is waited for; a command that only reads the bot's own state may lean on the last one. */
  async function roleFor(request: Request): Promise<Role | undefined> {
    const { sender } = request.event;
    const remembered = authorizer.remembered(sender);
    if (!isLocal(request) || remembered === undefined) return authorizer.roleOf(sender);
    const live = authorizer.roleOf(sender);
    const fallback = delay(patienceForLocalMs, remembered, { ref: false });
    return Promise.race([live.catch(() => remembered), fallback]);
  }

  async function finish(
    request: Request,
    outcome: InboxOutcome,
    said: Reply,
    options: Parameters<typeof answerTo>[3],
  ): Promise<void> {
    const { event } = request;
    const surely = request.reading.kind === 'command';
    const removal = holdsSecret(request.reading) ? await typedSecretRemoval(context, event.eventId, surely) : undefined;
    const blocks = removal === undefined ? said.blocks : [...said.blocks, paragraph(removal.said)];
    const answer = await answerTo(context, event, { ...said, blocks }, options);
    const write = () =>
      store.finish(event.eventId, {
        outcome,
        outbox: answer.outbox,
        due: [...answer.due, ...(removal === undefined ? [] : [removal.due])],
      });
    // What was done is done: only a refusal may still be said another way.
    if (outcome === 'refused') await untilWritten(context, write);
    else write();
    context.wake.outbox();
    context.wake.due();
  }

  async function refuseStranger(request: Request): Promise<void> {
    const { sender, eventId } = request.event;
    const last = refusedAt.get(sender);
    if (last !== undefined && clock() - last < refusalEveryMs) {
      const removal = holdsSecret(request.reading) ? await typedSecretRemoval(context, eventId) : undefined;
      store.finish(eventId, { outcome: 'refused', outbox: () => [], due: removal === undefined ? [] : [removal.due] });
      context.wake.due();
      return;
    }
    refusedAt.set(sender, clock());
    log.warn({ eventId, userId: sender }, 'refused: no admin');
    const problem = new Problem('forbidden', say`${code(sender)} may not command me: only server admins may.`);
    await finish(request, 'refused', problemReply(problem), { path: 'refused' });
  }

  async function react(request: Request, asker: Asker, key: string, target: string): Promise<void> {
    // A message may stand in the room before its id is known here: the bot died in between.
    if (store.plans.byMessage(target) === undefined && store.outbox.nextLine(target) === undefined)
      await context.allSent();
    const following = store.outbox.nextLine(target);
    if (key === nextPageKey && following !== undefined) {
      const read = readLine(following, undefined, context.me(), context.catalog);
      // Only lists have pages, and lists only read.
      if (read.command.danger !== 'read') throw new Error(`${read.command.path} has pages and does not only read`);
      return run(request, read, asker);
    }
    const found = store.plans.byMessage(target);
    if (found === undefined || !(key === '✅' || key === '❌')) {
      store.finish(request.event.eventId, { outcome: 'refused', outbox: () => [] });
      return;
    }
    const plan = openPlan(context, found.code, asker.userId);
    if (key === '✅') return sayYes(request, asker, plan, undefined);
    context.caps.plans.cancel(plan.code, asker);
    await finish(request, 'done', reply.done(say`Dropped the plan ${code(plan.code)}. Nothing was done.`), {
      path: 'cancel',
    });
  }

  async function sayYes(request: Request, asker: Asker, plan: PlanRow, word: string | undefined): Promise<void> {
    const waits = await confirm(context, request, asker, plan, word);
    if (waits !== undefined) await finish(request, 'done', waits, { path: 'confirm' });
  }

  async function run(request: Request, read: ReadCommand<AnyCommand>, asker: Asker): Promise<void> {
    const { command, input, options } = read;
    const { caps } = context;
    await allow(asker.role, command, input, caps, authorizer);
    requireNouns(context, command);
    const output = options.output as Output | undefined;
    if (command.path === 'confirm') {
      const { code: planCode, word } = input as { code: string; word?: string };
      return sayYes(request, asker, openPlan(context, planCode, asker.userId), word);
    }
    const danger: Danger = graver(command.danger, await command.raise?.(input, caps));
    if (danger === 'read') {
      if (command.audited) recordRead(store, read, asker);
      const result = await command.run(input, caps, asker, undefined);
      if ('job' in result) throw new Error(`${command.path} reads and makes a job`);
      return finish(request, 'done', result, { path: command.path, output, line: read.line, page: pageIn(input) });
    }
    const asks = danger !== 'write';
    const late = request.late && !command.local;
    const plan = asks || late || options.dryRun ? await planFor(read, caps, asker, late && !options.dryRun) : undefined;
    const heldSecret = read.secretFields.length > 0;
    if (plan !== undefined && options.dryRun) {
      const shown = planReply(plan, {
        danger,
        code: '',
        prefix: context.catalog.prefix,
        expiresInMs: 0,
        dryRun: true,
        path: command.path,
      });
      return finish(request, 'done', shown, { path: command.path, output });
    }
    if (plan !== undefined && (late || !options.yes || needsTwo(context, plan.targets.length))) {
      return offer(context, { event: request.event, command, input, asker, danger, plan, heldSecret, output });
    }
    return execute(context, {
      event: request.event,
      command,
      input,
      asker,
      frozen: frozenFrom(command, input, plan, heldSecret),
      secretIn: heldSecret ? request.event.eventId : undefined,
      output,
    });
  }

  return async (request) => {
    const { reading, event, row } = request;
    try {
      const role = await roleFor(request);
      if (role === undefined) return await refuseStranger(request);
      const asker: Asker = { userId: event.sender, role, source: event.eventId };
      if (reading.kind === 'unread') throw reading.problem;
      if (reading.kind === 'command') return await run(request, reading.read, asker);
      if (reading.kind === 'reaction') return await react(request, asker, reading.key, reading.target);
      store.finish(row.eventId, { outcome: 'refused', outbox: () => [] });
    } catch (error) {
      await refuse(request, problemOf(error, log));
    }
  };

  async function refuse(request: Request, problem: Problem): Promise<void> {
    if (context.stopped()) return;
    const path = request.reading.kind === 'command' ? request.reading.read.command.path : 'refused';
    try {
      // What was begun is settled by `execute`; only an event that never got there ends here.
      if (store.inbox.get(request.event.eventId)?.state !== 'received') return;
      // Said at once where it cannot be written down; the answer that is written later is the same one.
      if (problem instanceof StorageProblem) await refuseUnwritten(context, request.event, problem);
      await finish(request, 'refused', problemReply(problem), { path });
    } catch (error) {
      // The event stays as it is and is taken up at the next start.
      problemOf(error, log);
    }
  }
}

const pageIn = (input: Record<string, unknown>): number | undefined =>
  typeof input.page === 'number' ? input.page : undefined;
