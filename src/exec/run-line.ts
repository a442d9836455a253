import { randomUUID } from 'node:crypto';
import type { AnyCommand } from '../commands/define.ts';
import { graver } from '../commands/define.ts';
import { planReply } from '../core/plan-reply.ts';
import { Problem } from '../core/problem.ts';
import type { ReadCommand } from '../core/read-command.ts';
import type { Reply } from '../core/reply.ts';
import { code, joined, say, type Text } from '../core/text.ts';
import { type ExitCode, exitCodes, exitOf } from '../exit-code.ts';
import type { RoomEvent } from '../matrix/matrix.ts';
import { allow } from '../pipeline/authorize.ts';
import { execute } from '../pipeline/execute.ts';
import { frozenFrom } from '../pipeline/offer.ts';
import { planFor } from '../pipeline/plan-for.ts';
import { recordRead } from '../pipeline/record-read.ts';
import { requireNouns } from '../pipeline/require-nouns.ts';
import { shellRoom, shellSource } from '../pipeline/shell-door.ts';
import { needsTwo } from '../pipeline/two-person.ts';
import { type Lock, takeLock } from '../store/lock.ts';
import type { JobRow } from '../store/store.ts';
import { followJob } from './follow-job.ts';
import type { Session } from './session.ts';

/** The person's side of a command line. */
export interface Face {
  /** Writes a reply out; `read`: what it answers. */
  show(reply: Reply, read: ReadCommand<AnyCommand>): Promise<void>;
  /** Asks for a yes, or for one of the words. Undefined where nobody can be asked. */
  readonly ask: ((words: readonly string[] | undefined) => Promise<boolean>) | undefined;
  /** A line beside the answer. */
  aside(line: string): void;
  progress(row: JobRow, ended: number, total: number): void;
  /** The person wants to stop following a job. */
  stopping(): boolean;
}

/** Takes a command that was read to its end, by the same checks, plans and records as one from the room. Throws Problem. */
export async function runLine(session: Session, read: ReadCommand<AnyCommand>, face: Face): Promise<ExitCode> {
  const { context } = session;
  const { caps, store, authorizer } = context;
  const { command, input, options } = read;
  const source = shellSource(randomUUID());
  const asker = session.asker(source);
  await allow(asker.role, command, input, caps, authorizer);
  requireNouns(context, command);
  if (command.path === 'confirm') {
    throw new Problem(
      'unsupported',
      say`A plan is confirmed only where it was asked for: a plan of the room, in the room.`,
    );
  }
  const danger = graver(command.danger, await command.raise?.(input, caps));
  if (danger === 'read') {
    if (command.audited) recordRead(store, read, asker);
    const result = await command.run(input, caps, asker, undefined);
    if ('job' in result) throw new Error(`${command.path} reads and makes a job`);
    await face.show(result, read);
    return exitOf[result.outcome];
  }
  await session.learnRoomNames();
  const asks = danger !== 'write';
  const plan = asks || options.dryRun ? await planFor(read, caps, asker, false) : undefined;
  if (plan !== undefined) {
    const shown = (ask: Text | undefined) =>
      face.show(
        planReply(plan, {
          danger,
          code: '',
          prefix: context.catalog.prefix,
          expiresInMs: 0,
          dryRun: options.dryRun,
          path: command.path,
          ...(ask === undefined ? {} : { ask }),
        }),
        read,
      );
    if (options.dryRun) {
      await shown(undefined);
      return exitCodes.done;
    }
    if (needsTwo(context, plan.targets.length)) {
      await shown(
        say`This is so much that a second admin or owner must confirm it too, which only the admin room can ask for: send the command there. Nothing was done.`,
      );
      return exitCodes.confirmationNeeded;
    }
    if (!options.yes) {
      const words = danger === 'typed' ? (plan.words ?? []) : undefined;
      if (face.ask === undefined) {
        await shown(
          say`Nothing was done. Run it again with ${code('--yes-i-want-to-do-this')}, or on a terminal, which asks.`,
        );
        face.aside('Confirmation needed; nothing was done.');
        return exitCodes.confirmationNeeded;
      }
      await shown(words === undefined ? say`` : say`To do it, type ${joined(words.map(code), ' or ')}.`);
      if (!(await face.ask(words))) {
        face.aside('Nothing was done.');
        return exitCodes.confirmationNeeded;
      }
    }
  }
  const heldSecret = read.secretFields.length > 0;
  const event = eventOf(source, asker.userId, context.clock());
  const lock = command.job !== undefined && heldSecret ? mustHaveLock(session) : undefined;
  if (heldSecret) session.typed.set(source, input);
  try {
    store.inbox.receive({ roomId: shellRoom, eventId: source, sender: asker.userId, kind: 'message' });
    await execute(context, {
      event,
      command,
      input,
      asker,
      frozen: frozenFrom(command, input, plan, heldSecret),
      secretIn: undefined,
    });
    const answered = session.answered();
    if (answered === undefined) throw new Error(`${command.path} gave no answer`);
    const { jobId } = answered.options;
    const result =
      jobId === undefined
        ? answered.reply
        : await followJob({ session, id: jobId, lock, progress: face.progress, stopping: face.stopping });
    await face.show(result, read);
    return exitOf[result.outcome];
  } catch (error) {
    if (store.inbox.get(source)?.state === 'received') store.finish(source, { outcome: 'refused', outbox: () => [] });
    throw error;
  } finally {
    lock?.release();
    session.typed.delete(source);
  }
}

/** A list with secrets in it is worked off by whoever holds them, and only one process may run jobs. */
function mustHaveLock({ storePath }: Session): Lock {
  const lock = takeLock(storePath);
  if (lock !== undefined) return lock;
  throw new Problem(
    'conflict',
    say`There are secrets in this list, and the bot that runs beside would have to be told them. Nothing was done.`,
    say`Leave the passwords out, so that they are made; or stop the bot first.`,
  );
}

function eventOf(source: string, sender: string, now: number): RoomEvent {
  return {
    roomId: shellRoom,
    eventId: source,
    sender,
    type: 'm.room.message',
    stateKey: undefined,
    content: {},
    redacted: false,
    ageMs: 0,
    originServerTs: now,
  };
}
