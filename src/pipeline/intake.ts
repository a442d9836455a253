import { Problem } from '../core/problem.ts';
import { NoAnswer } from '../http.ts';
import type { RoomEvent } from '../matrix/matrix.ts';
import type { InboxRow } from '../store/store.ts';
import type { Context } from './context.ts';
import type { Gate } from './gate.ts';
import { createLane } from './lane.ts';
import { problemOf } from './problem-of.ts';
import { createProcess, isLocal } from './process.ts';
import { isAnswered, recoverReceived, recoverRunning } from './recover.ts';
import { type Request, readingOf } from './request.ts';

/** Older than this, a command may have been acted on by another store for this account; the room is asked. */
const surelyOursMs = 30_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

export interface IntakeOptions {
  readonly context: Context;
  readonly gate: Gate;
  readonly stopped: () => boolean;
  /** Resolves early on stop. */
  readonly pause: (ms: number) => Promise<void>;
  /** Who commanded since the start; the gate has no bucket for them. */
  readonly admit: (userId: string) => void;
}

export interface Intake {
  /** Stores what is a command, durably, and puts it into its lane. Never throws but where the store cannot be written. */
  take(event: RoomEvent): void;
  /** Takes up what a stop cut short, in order, ahead of everything new. */
  recover(): void;
  idle(): Promise<void>;
  waiting(): number;
}

/** From the sync to the lanes: admitted, stored, read, run in order. */
export function createIntake({ context, gate, stopped, pause, admit }: IntakeOptions): Intake {
  const { store, log } = context;
  const process = createProcess(context);
  const onError = (error: unknown) => {
    problemOf(error, log);
  };
  const backend = createLane(onError);
  const local = createLane(onError);
  /** Events whose message was redacted while they waited: a redacted command is no command. */
  const redacted = new Set<string>();
  const waiting = new Set<string>();

  async function isStillWanted({ event, row }: Request): Promise<boolean> {
    if (stopped()) return false;
    if (!redacted.has(row.eventId) && (event.ageMs < surelyOursMs || !(await isAnswered(context, event)))) return true;
    store.finish(row.eventId, { outcome: 'refused', outbox: () => [] });
    return false;
  }

  async function run(request: Request): Promise<void> {
    try {
      if (!(await isStillWanted(request))) return;
      await process(request);
      if (context.authorizer.remembered(request.event.sender) !== undefined) admit(request.event.sender);
    } finally {
      waiting.delete(request.row.eventId);
      redacted.delete(request.row.eventId);
    }
  }

  /** Waits for the homeserver: a command that a stop cut short is settled before anything new runs. */
  async function recoverOne(row: InboxRow): Promise<void> {
    for (let wait = firstPauseMs; !stopped(); wait = Math.min(wait * 2, longestPauseMs)) {
      try {
        if (row.state === 'running') return await recoverRunning(context, row);
        const request = await recoverReceived(context, row);
        return request === undefined ? undefined : await run(request);
      } catch (error) {
        if (error instanceof NoAnswer && error.kind === 'stopped') return;
        const away = error instanceof NoAnswer || (error instanceof Problem && error.code === 'unavailable');
        if (!away) throw error;
        log.warn({ eventId: row.eventId }, 'what a stop cut short cannot be settled while the homeserver is away');
        await pause(wait);
      }
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
      const { roomId, eventId, sender } = event;
      if (!store.inbox.receive({ roomId, eventId, sender, kind })) return;
      const row = store.inbox.get(eventId);
      if (row === undefined) return;
      const late = event.ageMs > context.settings.maxCommandAgeMs;
      const request: Request = { row, event, late, reading: readingOf(context, event) };
      waiting.add(eventId);
      (isLocal(request) ? local : backend).add(() => run(request));
    },
    recover() {
      for (const row of store.inbox.open()) {
        if (row.state === 'received' || row.state === 'running') backend.add(() => recoverOne(row));
      }
      context.wake.outbox();
    },
    idle: async () => {
      await Promise.all([backend.idle(), local.idle()]);
    },
    waiting: () => backend.waiting() + local.waiting(),
  };
}
