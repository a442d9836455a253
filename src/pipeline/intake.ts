import { NoAnswer } from '../http.ts';
import type { RoomEvent } from '../matrix/matrix.ts';
import { StorageProblem } from '../store/storage-problem.ts';
import type { InboxRow } from '../store/store.ts';
import type { Context } from './context.ts';
import { endShellAct } from './end-shell-act.ts';
import type { Gate } from './gate.ts';
import { isAway } from './is-away.ts';
import { createLane } from './lane.ts';
import { problemOf } from './problem-of.ts';
import { createProcess, isLocal } from './process.ts';
import { isAnswered, recoverReceived, recoverRunning } from './recover.ts';
import { type Request, readingOf } from './request.ts';
import { shellRoom } from './shell-door.ts';
import { refuseUnwritten } from './unwritten.ts';
import { withWorkingSign } from './working-sign.ts';

/** What was sent since the start and is no older than this, no other store for this account has acted on. */
const surelyOursMs = 30_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

export interface IntakeOptions {
  readonly context: Context;
  readonly gate: Gate;
  readonly stopped: () => boolean;
  /** True once the room cannot be used any more: what waits is dropped. */
  readonly halted: () => boolean;
  /** Resolves early on stop. */
  readonly pause: (ms: number) => Promise<void>;
  /** Who commanded since the start; the gate has no bucket for them. */
  readonly admit: (userId: string) => void;
}

export interface Intake {
  /**
   * Stores what is a command, durably, and puts it into its lane. Throws StorageProblem where it cannot be stored, which
   * its sender is told; it is then to be given again.
   */
  take(event: RoomEvent): void;
  /** Takes up what a stop cut short, in order, ahead of everything new. */
  recover(): void;
  idle(): Promise<void>;
  waiting(): number;
}

/** From the sync to the lanes: admitted, stored, read, run in order. */
export function createIntake({ context, gate, stopped, halted, pause, admit }: IntakeOptions): Intake {
  const { store, log, clock } = context;
  const startedAt = clock();
  const process = createProcess(context);
  const onError = (error: unknown) => {
    problemOf(error, log);
  };
  const backend = createLane(onError);
  const local = createLane(onError);
  /** Events whose message was redacted while they waited: a redacted command is no command. */
  const redacted = new Set<string>();
  const waiting = new Set<string>();
  /** Commands that could not be stored, and whether their sender was told so: then they are over. */
  const unstored = new Map<string, Promise<boolean>>();

  /** False where it is known already. */
  function isNew(event: RoomEvent, kind: 'message' | 'reaction'): boolean {
    const { roomId, eventId, sender } = event;
    try {
      return store.inbox.receive({ roomId, eventId, sender, kind });
    } catch (error) {
      if (error instanceof StorageProblem) {
        const before = unstored.get(eventId) ?? Promise.resolve(false);
        unstored.set(
          eventId,
          before.then((told) => told || tellUnstored(event, error)),
        );
      }
      throw error;
    }
  }

  /** Only those who may command are told. */
  async function tellUnstored(event: RoomEvent, problem: StorageProblem): Promise<boolean> {
    const role = await context.authorizer.roleOf(event.sender).catch(() => undefined);
    return role !== undefined && refuseUnwritten(context, event, problem);
  }

  /** `asked`: the room is asked whether it holds our answer already. */
  async function isStillWanted({ event, row }: Request, asked: boolean): Promise<boolean> {
    if (stopped()) return false;
    const over = await unstored.get(row.eventId);
    const wanted =
      over !== true && !halted() && !redacted.has(row.eventId) && !(asked && (await isAnswered(context, event)));
    if (wanted) return true;
    store.finish(row.eventId, { outcome: 'refused', outbox: () => [] });
    return false;
  }

  async function run(request: Request): Promise<void> {
    await withWorkingSign(context.matrix, context.roomId, () => process(request));
    if (context.authorizer.remembered(request.event.sender) !== undefined) admit(request.event.sender);
  }

  async function runNew(request: Request, asked: boolean): Promise<void> {
    if (await isStillWanted(request, asked)) await run(request);
  }

  async function recoverOne(row: InboxRow): Promise<void> {
    if (row.state === 'running') return recoverRunning(context, row);
    const request = await recoverReceived(context, row);
    if (request !== undefined && !stopped()) await run(request);
  }

  /** Waits for the homeserver: a command of before is settled before anything new runs. */
  async function patiently(eventId: string, task: () => Promise<void>): Promise<void> {
    for (let wait = firstPauseMs; !stopped(); wait = Math.min(wait * 2, longestPauseMs)) {
      try {
        return await task();
      } catch (error) {
        if (error instanceof NoAnswer && error.kind === 'stopped') return;
        if (!isAway(error)) throw error;
        log.warn({ eventId }, 'a command cannot be taken up while the homeserver is away');
        await pause(wait);
      }
    }
  }

  async function takeUp(request: Request, asked: boolean): Promise<void> {
    const { eventId } = request.row;
    try {
      await patiently(eventId, () => runNew(request, asked));
    } finally {
      waiting.delete(eventId);
      redacted.delete(eventId);
      unstored.delete(eventId);
    }
  }

  return {
    take(event) {
      if (event.type === 'm.room.redaction') {
        const { redacts } = event.content;
        if (typeof redacts === 'string' && waiting.has(redacts)) redacted.add(redacts);
        return;
      }
      const kind = gate.admit(event);
      if (kind === undefined) return;
      const { eventId } = event;
      if (!isNew(event, kind)) return;
      const row = store.inbox.get(eventId);
      if (row === undefined) return;
      const late = event.ageMs > context.settings.maxCommandAgeMs;
      const request: Request = { row, event, late, reading: readingOf(context, event) };
      // Sent while nobody listened, or long ago: another store for this account may have acted on it.
      const asked = event.ageMs >= Math.min(surelyOursMs, clock() - startedAt);
      waiting.add(eventId);
      (isLocal(request) ? local : backend).add(() => takeUp(request, asked));
    },
    recover() {
      for (const row of store.inbox.open()) {
        if (row.roomId === shellRoom) {
          endShellAct(store, row, clock());
          continue;
        }
        if (row.state === 'received' || row.state === 'running')
          backend.add(() => patiently(row.eventId, () => recoverOne(row)));
      }
      context.wake.outbox();
    },
    idle: async () => {
      await Promise.all([backend.idle(), local.idle()]);
    },
    waiting: () => backend.waiting() + local.waiting(),
  };
}
