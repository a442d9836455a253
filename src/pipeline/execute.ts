import type { Asker } from '../commands/asker.ts';
import type { AnyCommand, Item, Settled } from '../commands/define.ts';
import { progressReply } from '../core/job-reply.ts';
import type { Json } from '../core/json.ts';
import type { Output } from '../core/output.ts';
import { Problem } from '../core/problem.ts';
import { problemReply } from '../core/problem-reply.ts';
import { paragraph, type Reply, reply, type Secret } from '../core/reply.ts';
import { withoutSecrets } from '../core/secret-fields.ts';
import { code, commandLine, joined, say, type Text, wordsOf } from '../core/text.ts';
import type { RoomEvent } from '../matrix/matrix.ts';
import type { AuditEntry, Due, InboxOutcome, NewJob } from '../store/store.ts';
import { type AnswerOptions, shortCode } from './answer.ts';
import type { Context } from './context.ts';
import { type Frozen, mostNamed } from './plan-store.ts';
import { problemOf } from './problem-of.ts';
import { isFromShell } from './shell-door.ts';
import { typedSecretRemoval } from './typed-secret.ts';
import { untilWritten } from './until-written.ts';

/** A command that may run now: read, allowed, and confirmed where it must be. */
export interface Act {
  /** The event it is run for: the command's, or the confirmation's. */
  readonly event: RoomEvent;
  readonly command: AnyCommand;
  readonly input: Record<string, unknown>;
  readonly asker: Asker;
  /** Of a plan, or made from the input. */
  readonly frozen: Frozen;
  readonly planCode?: string;
  /** The message in which a secret was typed, if any. */
  readonly secretIn?: string | undefined;
  readonly output?: Output | undefined;
}

/** The audit trail's words for an act; never a secret. */
export function entryOf(act: Act): Omit<AuditEntry, 'kind'> {
  return {
    actor: act.asker.userId,
    source: act.event.eventId,
    command: act.command.path,
    input: withoutSecrets(act.command, act.input),
    targets: act.frozen.targets,
    ...(act.planCode === undefined ? {} : { plan: act.planCode }),
  };
}

/** Ids that stand in an input: what it acts on where there is no plan to say so. */
export function targetsIn(input: Json): readonly string[] {
  if (typeof input === 'string') return /^[@!#$]/.test(input) ? [input] : [];
  if (typeof input !== 'object' || input === null) return [];
  return Object.values(input).flatMap(targetsIn).slice(0, mostNamed);
}

/** T2, the act, T3: the one place in which a write happens. Throws only where nothing was begun. */
export async function execute(context: Context, act: Act): Promise<void> {
  const { store, caps, log, secrets } = context;
  const { command, event, input, asker } = act;
  const secretRoom = command.makesSecret?.(input) === true ? await secrets.ready(asker.userId) : undefined;
  if (!store.begin(event.eventId, { kind: 'intent', ...entryOf(act) }, command.path, act.planCode)) {
    throw new Problem('expired', say`This plan is not open any more; nothing was done.`);
  }
  let result: Awaited<ReturnType<AnyCommand['run']>>;
  try {
    result = await command.run(input, caps, asker, act.frozen.own);
    if (!('job' in result)) await handOut(context, act, result, secretRoom);
  } catch (error) {
    const problem = problemOf(error, log);
    // Cut off by our own stop: it stays `running`, and is settled at the next start.
    if (context.stopped() && (problem.code === 'unknown-outcome' || problem.code === 'secret-gone')) return;
    result = await afterFailure(context, act, problem, secretRoom);
  }
  if ('job' in result) await acceptJob(context, act, result.job);
  else await settle(context, act, result);
}

/** Sends what the reply holds of secrets, before the command counts as done. */
async function handOut(context: Context, act: Act, { secrets }: Reply, room: string | undefined): Promise<void> {
  if (secrets === undefined || secrets.length === 0) return;
  if (room === undefined) throw new Error(`${act.command.path} made a secret it had not announced`);
  const attempt = context.store.inbox.get(act.event.eventId)?.attempt ?? 1;
  try {
    await context.secrets.send(room, act.event.eventId, attempt, secrets);
  } catch (error) {
    problemOf(error, context.log);
    throw (await withdrawn(secrets))
      ? new Problem(
          'secret-gone',
          say`The secret could not be sent to you, so I made it useless again. Nothing is left of it.`,
          say`Send the command again.`,
        )
      : new Problem(
          'secret-gone',
          say`It was done, but the secret could not be sent to you, and nobody has it.`,
          say`Have a new one made, with ${commandLine('user reset-password')} for a password.`,
        );
  }
}

/** True where every one of these secrets could be made useless. */
async function withdrawn(secrets: readonly Secret[]): Promise<boolean> {
  try {
    for (const { withdraw } of secrets) {
      if (withdraw === undefined) return false;
      await withdraw();
    }
    return true;
  } catch {
    return false;
  }
}

/** What to answer when an act failed: where it may have been done, the server is asked. */
async function afterFailure(
  context: Context,
  act: Act,
  problem: Problem,
  secretRoom: string | undefined,
): Promise<Reply> {
  if (problem.code === 'internal') return unforeseen(problem);
  if (problem.code !== 'unknown-outcome' || act.command.settle === undefined) return problemReply(problem);
  let settled: Settled;
  try {
    settled = await act.command.settle(act.input, context.caps, act.event.originServerTs, act.asker);
  } catch {
    settled = 'unknown';
  }
  if (settled === 'done') {
    return completeSettled(context, act, secretRoom).catch((error) => doneInPart(act, problemOf(error, context.log)));
  }
  // What is sent once and waits for its turn over there may be done yet.
  if (settled === 'not done' && !context.writesOnce) {
    return problemReply(
      new Problem(
        'unavailable',
        say`The homeserver gave no answer. I looked: it was not done.`,
        say`Send the command again.`,
      ),
    );
  }
  return problemReply(problem);
}

/** An error of our own may have come after a call that was carried out. */
function unforeseen(problem: Problem): Reply {
  const said = problemReply(problem);
  return {
    ...said,
    outcome: 'unknown',
    blocks: [
      ...said.blocks,
      paragraph(say`The command may have been carried out in part: look before you send it again.`),
    ],
  };
}

/** The answer to an act that reading found done, after the rest of it was seen to; throws where that cannot be. */
export async function completeSettled(context: Context, act: Act, secretRoom: string | undefined): Promise<Reply> {
  const { command, input, asker, event } = act;
  const { attempt = 1 } = context.store.inbox.get(event.eventId) ?? {};
  const secretLost = secretRoom !== undefined && !(await context.secrets.arrived(secretRoom, event.eventId, attempt));
  if (command.complete === undefined) {
    if (!secretLost) return reply.done(say`${code(command.path)} was done, as I see on the server.`);
    throw new Problem('secret-gone', say`It was done, but its secret did not reach you, and nobody has it.`);
  }
  const completed = await command.complete(input, context.caps, asker, secretLost);
  await handOut(context, act, completed, secretRoom);
  return completed;
}

/** Words for an act that was done, but not to its end. */
function doneInPart({ command }: Act, problem: Problem): Reply {
  if (problem.code === 'secret-gone') return problemReply(problem);
  return problemReply(
    new Problem(
      'unknown-outcome',
      say`${code(command.path)} was done, but perhaps not all of it. ${problem.text}`,
      problem.hint,
    ),
  );
}

/** T3 of an act with an answer. */
export async function settle(context: Context, act: Act, result: Reply): Promise<void> {
  const { command, event, asker } = act;
  const removal = act.secretIn === undefined ? undefined : await typedSecretRemoval(context, act.secretIn);
  const told = (result.secrets ?? []).length > 0 ? [paragraph(say`🔑 The secret is ${context.secrets.where}.`)] : [];
  const said = removal === undefined ? [] : [paragraph(removal.said)];
  const unknown = result.outcome === 'unknown';
  await conclude(context, act, result.outcome, {
    reply: { ...result, blocks: [...result.blocks, ...told, ...said] },
    options: { path: command.path, output: act.output, notify: unknown || result.notify ? asker.userId : undefined },
    detail: (result.change ?? null) as Json,
    due: removal === undefined ? [] : [removal.due],
  });
  context.log.info({ eventId: event.eventId, command: command.path, outcome: result.outcome }, 'command settled');
}

interface Conclusion {
  readonly reply: Reply;
  readonly options: AnswerOptions;
  readonly detail: Json;
  readonly due?: readonly Due[];
  readonly job?: NewJob;
}

async function conclude(
  context: Context,
  act: Act,
  outcome: InboxOutcome & AuditEntry['outcome'],
  end: Conclusion,
): Promise<void> {
  // The act is over and must be recorded, whatever becomes of its answer's files.
  const answer = await context.answer(act.event, end.reply, end.options).catch((error) => {
    const said = withoutFiles(end.reply, problemOf(error, context.log));
    return context.answer(act.event, said, { ...end.options, output: 'human' });
  });
  await untilWritten(context, () =>
    context.store.finish(act.event.eventId, {
      outcome,
      audit: { kind: 'outcome', ...entryOf(act), outcome, detail: end.detail },
      outbox: answer.outbox,
      due: [...answer.due, ...(end.due ?? [])],
      ...(end.job === undefined ? {} : { job: end.job }),
    }),
  );
  context.wake.outbox();
  context.wake.due();
}

/** The sentences of a reply that may be needed by themselves; longer ones would be a file again. */
const mostSentences = 20;

/** What an act's answer still says where its files cannot be uploaded. */
function withoutFiles({ outcome, blocks }: Reply, { text, hint }: Problem): Reply {
  const sentences = blocks.filter(({ kind }) => kind === 'paragraph').slice(0, mostSentences);
  const why = joined([say`⚠️`, text, ...(hint === undefined ? [] : [hint])], ' ');
  return { outcome, blocks: [...sentences, paragraph(why)] };
}

/** T3 of an act that goes on as a job. */
async function acceptJob(
  context: Context,
  act: Act,
  { items, heading }: { readonly items: readonly Item[]; readonly heading: Text },
): Promise<void> {
  const { command, event, asker } = act;
  const name = wordsOf(heading);
  const id = shortCode(`job ${event.eventId}`);
  const frozen: Frozen = {
    ...act.frozen,
    heading: name,
    since: event.originServerTs,
    ...(isFromShell(event.eventId) ? { role: asker.role } : {}),
  };
  const job: NewJob = {
    id,
    requester: asker.userId,
    roomId: event.roomId,
    source: act.secretIn ?? event.eventId,
    command: command.path,
    input: withoutSecrets(command, act.input),
    frozen: { ...frozen } as Json,
    items,
  };
  await conclude(context, act, 'done', {
    reply: progressReply({
      id,
      heading: say`${name}`,
      total: items.length,
      counts: { pending: items.length },
      ahead: context.store.jobs.unfinished().length,
    }),
    options: { path: command.path, jobId: id },
    detail: { job: id, items: items.length },
    job,
  });
  context.wake.jobs();
}
