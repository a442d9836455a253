import type { Asker } from '../commands/asker.ts';
import type { Settled } from '../commands/define.ts';
import { Problem } from '../core/problem.ts';
import { problemReply } from '../core/problem-reply.ts';
import { code, say } from '../core/text.ts';
import type { RoomEvent } from '../matrix/matrix.ts';
import type { InboxRow } from '../store/store.ts';
import { answerTo } from './answer.ts';
import { allow } from './authorize.ts';
import type { Context } from './context.ts';
import { type Act, completeSettled, execute, settle } from './execute.ts';
import { isAway } from './is-away.ts';
import { frozenFrom } from './offer.ts';
import { frozenOf } from './plan-store.ts';
import { problemOf } from './problem-of.ts';
import { type Request, readingOf } from './request.ts';
import { storedInput } from './stored-input.ts';

/** How far back our own answer to an event is looked for. */
const searchedForAnswer = 500;

/** True where the room holds our answer already: another store, or a copy of this one, has acted. */
export async function isAnswered({ matrix }: Context, event: RoomEvent): Promise<boolean> {
  const since = await matrix.history(event.roomId, searchedForAnswer, (one) => one.eventId === event.eventId);
  return since.some(
    ({ sender, content }) => sender === matrix.userId && content['dev.castellan.for'] === event.eventId,
  );
}

/**
 * An event left `received` by a stop: read again from the room, since no body is stored. Undefined where there is
 * nothing to run any more; it is then settled without an answer.
 */
export async function recoverReceived(context: Context, row: InboxRow): Promise<Request | undefined> {
  // A room that the bot was bound to before has nothing to say any more.
  const event = row.roomId === context.roomId ? await context.matrix.event(row.roomId, row.eventId) : undefined;
  const settled = event === undefined || event.redacted || (await isAnswered(context, event));
  const reading = event === undefined || settled ? undefined : readingOf(context, event);
  if (event === undefined || reading === undefined || reading.kind === 'nothing') {
    context.store.finish(row.eventId, { outcome: 'refused', outbox: () => [] });
    return undefined;
  }
  return { row, event, late: event.ageMs > context.settings.maxCommandAgeMs, reading };
}

/** What is known of an act that a stop cut short. */
async function actOf(context: Context, row: InboxRow, event: RoomEvent, asker: Asker): Promise<Act | undefined> {
  const command = context.catalog.commands.find(({ path }) => path === row.command);
  if (command === undefined) return undefined;
  if (row.planCode !== undefined) {
    const plan = context.store.plans.get(row.planCode);
    if (plan === undefined) return undefined;
    const frozen = frozenOf(plan.frozen);
    const input = await storedInput(context, command, plan.input, plan.source, frozen.heldSecret);
    return {
      event,
      command,
      input,
      asker,
      frozen,
      planCode: plan.code,
      secretIn: frozen.heldSecret ? plan.source : undefined,
    };
  }
  if (event.redacted) return undefined;
  const reading = readingOf(context, event);
  if (reading.kind !== 'command') return undefined;
  const { input, secretFields, options } = reading.read;
  const heldSecret = secretFields.length > 0;
  // A plan that was skipped by `--yes-i-want-to-do-this` was never stored: it is made again to know its targets.
  const plan =
    command.danger === 'read' || command.danger === 'write'
      ? undefined
      : await command.plan?.(input, context.caps, asker);
  return {
    event,
    command,
    input,
    asker,
    frozen: frozenFrom(command, input, options.yes ? plan : undefined, heldSecret),
    secretIn: heldSecret ? event.eventId : undefined,
  };
}

const cutShort = (path: string) =>
  new Problem(
    'unknown-outcome',
    say`I was stopped in the middle of ${code(path)}: it **may have been applied**, and the homeserver cannot tell.`,
    say`Look before you send it again.`,
  );

/** What kept it from being mended is said too. */
const cutShortFor = (path: string, problem: Problem) =>
  problem.code === 'secret-gone'
    ? problem
    : new Problem('unknown-outcome', say`${cutShort(path).text} ${problem.text}`, problem.hint);

const notDone = (path: string) =>
  new Problem(
    'unavailable',
    say`I was stopped before ${code(path)} was done. I looked: it was not done.`,
    say`Send it again if it is still meant.`,
  );

const unhandedTo = (path: string, requester: string) =>
  new Problem(
    'secret-gone',
    say`${code(path)} was done, but its secret may not have reached ${code(requester)}, who may not command me any more.`,
  );

/** An act that was begun and not recorded as ended: found done, done again where that is safe, or said to be unknown. */
export async function recoverRunning(context: Context, row: InboxRow): Promise<void> {
  const { matrix, authorizer, log, store } = context;
  const found = await matrix.event(row.roomId, row.eventId);
  const event: RoomEvent = found ?? {
    roomId: row.roomId,
    eventId: row.eventId,
    sender: row.sender,
    type: 'm.room.message',
    stateKey: undefined,
    content: {},
    redacted: true,
    ageMs: Number.POSITIVE_INFINITY,
    originServerTs: row.receivedAt,
  };
  const requester = store.plans.get(row.planCode ?? '')?.requester ?? row.sender;
  const role = await authorizer.roleOf(requester);
  const asker: Asker = { userId: requester, role: role ?? 'viewer', source: row.eventId };
  const path = row.command ?? 'the command';
  let act: Act | undefined;
  try {
    act = await actOf(context, row, event, asker);
    if (act !== undefined) {
      const allowed = role !== undefined && (await mayStill(context, role, act));
      return await mend(context, row, act, allowed);
    }
  } catch (error) {
    if (isAway(error)) throw error;
    const problem = problemOf(error, log);
    if (act !== undefined) return settle(context, act, problemReply(cutShortFor(path, problem)));
  }
  const answer = await answerTo(context, event, problemReply(cutShort(path)), { path, notify: row.sender });
  store.finish(row.eventId, {
    outcome: 'unknown',
    audit: {
      kind: 'outcome',
      actor: row.sender,
      source: row.eventId,
      command: path,
      input: null,
      targets: [],
      outcome: 'unknown',
    },
    outbox: answer.outbox,
  });
}

/** Brings an act to its end. Whoever may not command any more gets nothing done and no secret. */
async function mend(context: Context, row: InboxRow, act: Act, allowed: boolean): Promise<void> {
  const { store, secrets, settings } = context;
  const { command, input, event, asker } = act;
  const makesSecret = command.makesSecret?.(input) === true;
  const secretRoom = makesSecret && allowed ? await secrets.ready(asker.userId) : undefined;
  if (secretRoom !== undefined && (await secrets.arrived(secretRoom, row.eventId, row.attempt))) {
    // The secret goes out only after the act, so the act is done.
    return settle(context, act, await completeSettled(context, act, secretRoom));
  }
  const onlyPlansAJob = command.job !== undefined && command.again === undefined;
  const mayRepeat = allowed && event.ageMs <= settings.maxCommandAgeMs && (!context.writesOnce || onlyPlansAJob);
  if (command.again === 'safe' && mayRepeat) return execute(context, act);
  const settled = await settledState(context, act);
  if (settled === 'not done' && mayRepeat) return execute(context, act);
  if (settled === 'not done' && (!context.writesOnce || onlyPlansAJob))
    return settle(context, act, problemReply(notDone(command.path)));
  if (settled !== 'done') return settle(context, act, problemReply(cutShort(command.path)));
  if (makesSecret && !allowed) return settle(context, act, problemReply(unhandedTo(command.path, asker.userId)));
  // A secret may be made anew under this event's next number.
  if (secretRoom !== undefined) store.begin(row.eventId, undefined, command.path, row.planCode);
  return settle(context, act, await completeSettled(context, act, secretRoom));
}

async function settledState({ caps }: Context, { command, input, event, asker }: Act): Promise<Settled> {
  // What only makes a job does nothing before that job is stored; what may also act by itself says that it may run again.
  if (command.job !== undefined && command.again === undefined) return 'not done';
  return command.settle === undefined ? 'unknown' : command.settle(input, caps, event.originServerTs, asker);
}

async function mayStill(context: Context, role: Parameters<typeof allow>[0], act: Act): Promise<boolean> {
  try {
    await allow(role, act.command, act.input, context.caps, context.authorizer);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'forbidden') return false;
    throw error;
  }
}
