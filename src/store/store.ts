/** The shapes of the store; `open.ts` makes one over SQLite. All calls are synchronous and durable when they return. */

import type { Json } from '../core/json.ts';

/** `received` → `running` → `done` → `answered`; refusals and plans go from `received` to `done`. */
export type InboxState = 'received' | 'running' | 'done' | 'answered';
export type InboxOutcome = 'done' | 'failed' | 'refused' | 'offered' | 'unknown';

export interface InboxRow {
  readonly seq: number;
  readonly roomId: string;
  readonly eventId: string;
  readonly sender: string;
  readonly kind: 'message' | 'reaction';
  readonly receivedAt: number;
  readonly state: InboxState;
  readonly outcome: InboxOutcome | undefined;
  /** How often the act was begun; part of the transaction id of a secret's message. */
  readonly attempt: number;
  /** Command path, known from T2 on. */
  readonly command: string | undefined;
  /** The plan claimed by this event, if it confirms one. */
  readonly planCode: string | undefined;
}

export interface NewInbox {
  readonly roomId: string;
  readonly eventId: string;
  readonly sender: string;
  readonly kind: 'message' | 'reaction';
}

/** What a record of the audit trail says; the store adds seq, time and hashes. No secret ever. */
export interface AuditEntry {
  readonly kind: 'intent' | 'outcome' | 'note';
  readonly actor: string;
  /** Event id of the command, or `shell:<id>`. */
  readonly source: string;
  readonly command: string;
  readonly input: Json;
  readonly targets: readonly string[];
  readonly plan?: string;
  readonly outcome?: 'done' | 'failed' | 'unknown' | 'skipped';
  readonly detail?: Json;
}

export interface AuditRecord extends AuditEntry {
  readonly seq: number;
  readonly at: number;
  readonly previous: string;
  readonly hash: string;
}

export interface AuditFilter {
  readonly actor?: string;
  readonly command?: string;
  readonly target?: string;
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
  /** How many to skip. */
  readonly from: number;
  /** Otherwise the newest come first. */
  readonly oldestFirst?: boolean;
}

/** A record known from outside the store, as an answer in the room carries it. */
export interface AuditAnchor {
  readonly seq: number;
  readonly hash: string;
}

/** What `verify` found; `firstBad` names the first record whose hash, order or presence is wrong. */
export interface AuditVerdict {
  readonly records: number;
  readonly head: AuditAnchor | undefined;
  readonly firstBad: { readonly seq: number; readonly why: 'altered' | 'missing' | 'out of order' } | undefined;
}

/** A message to the room that must arrive once. Never holds a secret. */
export interface NewOutbox {
  readonly roomId: string;
  readonly type: string;
  readonly content: Json;
  /** Unique; the same one is used for every try. */
  readonly transactionId: string;
  /** The plan this message shows: its event id is noted on the plan once sent. */
  readonly planCode?: string;
  /** The job whose progress this message shows: its event id is noted on the job once sent. */
  readonly jobId?: string;
  /** This message shows a page of a list; the command line, without its prefix, that shows the next one. */
  readonly nextLine?: string;
}

export interface OutboxRow extends NewOutbox {
  readonly id: number;
  /** The inbox event this answers, if any. */
  readonly forEvent: string | undefined;
  readonly createdAt: number;
}

/** A plan waiting for a yes. */
export interface NewPlan {
  readonly code: string;
  readonly requester: string;
  readonly roomId: string;
  /** The command's event; secrets are read again from it. */
  readonly source: string;
  readonly command: string;
  /** Validated input without its secrets. */
  readonly input: Json;
  /** Targets and cut-offs as shown. */
  readonly frozen: Json;
  /** The word to type; `undefined`: a plain yes is enough. */
  readonly word: string | undefined;
  readonly expiresAt: number;
}

export type PlanState = 'open' | 'claimed' | 'cancelled' | 'expired';

export interface PlanRow extends NewPlan {
  readonly state: PlanState;
  /** The plan's message in the room, once sent. */
  readonly messageId: string | undefined;
}

export type JobState = 'queued' | 'running' | 'cancelled' | 'interrupted' | 'finished';
export type ItemState = 'pending' | 'running' | 'stepped' | 'done' | 'skipped' | 'failed' | 'unknown';

export interface NewJob {
  readonly id: string;
  readonly requester: string;
  readonly roomId: string;
  readonly source: string;
  readonly command: string;
  readonly input: Json;
  readonly frozen: Json;
  readonly items: readonly { readonly target: string; readonly data?: Json }[];
}

export interface JobRow extends Omit<NewJob, 'items'> {
  readonly state: JobState;
  readonly createdAt: number;
  readonly finishedAt: number | undefined;
  readonly counts: Readonly<Record<ItemState, number>>;
  /** The progress message, once sent. */
  readonly messageId: string | undefined;
  /** The event of the command that took it up again last, after it was cancelled. */
  readonly resumedBy: string | undefined;
}

export interface ItemRow {
  /** Place in the list, from 1. */
  readonly n: number;
  readonly target: string;
  readonly data: Json;
  readonly state: ItemState;
  readonly note: string | undefined;
  readonly attempt: number;
  /** What its step kept for the next try. */
  readonly kept: Json | undefined;
}

/** A room that was banned, or cut off from federation, with what there was before; the homeserver keeps no list. */
export interface LedgerEntry {
  readonly kind: 'ban' | 'federation';
  readonly roomId: string;
  readonly at: number;
  readonly actor: string;
  /** Event id of the command, or `shell:<id>`. */
  readonly source: string;
  readonly detail: Json;
}

/** Something to be done at a time, over restarts: redact a message, delete an upload, remind. */
export interface Due {
  readonly key: string;
  readonly kind:
    | 'redact'
    | 'redact-secret'
    | 'delete-media'
    | 'expire-plan'
    | 'restore-alias'
    | 'leave-room'
    | 'close-registration'
    | 'remind-registration';
  readonly roomId: string;
  readonly target: string;
  readonly at: number;
}

export interface Store {
  readonly inbox: {
    /** False where the event is there already. */
    receive(event: NewInbox): boolean;
    get(eventId: string): InboxRow | undefined;
    /** Everything not `answered`, oldest first. */
    open(): readonly InboxRow[];
  };
  /** T2: running, one more attempt, the intent record, the plan claimed; all or nothing. False: the plan is not open any more. */
  begin(eventId: string, intent: AuditEntry | undefined, command: string, planCode?: string): boolean;
  /** T3: the outcome, its audit record, the answers, the plan or job it makes. Returns the outcome record (its seq and hash go into the answer, so `outbox` is a function of it). */
  finish(
    eventId: string,
    result: {
      readonly outcome: InboxOutcome;
      readonly audit?: AuditEntry;
      readonly outbox: (record: AuditRecord | undefined) => readonly NewOutbox[];
      readonly plan?: NewPlan;
      readonly job?: NewJob;
      readonly due?: readonly Due[];
    },
  ): void;
  readonly outbox: {
    /** Messages that belong to no inbox event: progress ends, reminders. Ignored where the transaction id is known. */
    add(message: NewOutbox): void;
    unsent(): readonly OutboxRow[];
    /** T4: the event is answered once its last message is sent. A plan's message id is noted here. */
    sent(id: number, sentEventId: string): void;
    /** Of a message that shows a page of a list: the line that shows the next one. */
    nextLine(sentEventId: string): string | undefined;
  };
  readonly audit: {
    append(entry: AuditEntry): AuditRecord;
    /** Newest first. */
    list(filter: AuditFilter): readonly AuditRecord[];
    get(seq: number): AuditRecord | undefined;
    /** Of all of them, or of those that the filter holds for. */
    count(filter?: AuditFilter): number;
    /** Reads the whole trail; only anchors from outside show that its end was cut off or all of it rewritten. */
    verify(anchors?: readonly AuditAnchor[]): AuditVerdict;
  };
  readonly plans: {
    get(code: string): PlanRow | undefined;
    byMessage(eventId: string): PlanRow | undefined;
    /** Open plans, oldest first. */
    open(): readonly PlanRow[];
    /** False where it was not open. */
    close(code: string, state: 'cancelled' | 'expired'): boolean;
  };
  readonly jobs: {
    get(id: string): JobRow | undefined;
    /** Newest first. */
    list(limit: number): readonly JobRow[];
    /** Queued, running or interrupted, oldest first. */
    unfinished(): readonly JobRow[];
    setState(id: string, state: JobState): void;
    setMessage(id: string, messageId: string): void;
    /** Queues a cancelled job again, as the job of whoever resumes it. False where it is not cancelled. */
    resume(id: string, requester: string, resumedBy: string): boolean;
    /** In order of `n`; `after`: only those with a greater `n`, to go through a long list page by page. */
    items(id: string, states?: readonly ItemState[], limit?: number, after?: number): readonly ItemRow[];
    /** An item's T2: running, one more attempt, intent record. */
    beginItem(id: string, n: number, intent: AuditEntry): void;
    /** What the step of an item must know when it is taken up again. */
    keep(id: string, n: number, data: Json): void;
    /** An item's T3: state, note, outcome record; with `following`, that item's T2 in the same transaction. */
    endItem(
      id: string,
      n: number,
      state: ItemState,
      note: string | undefined,
      outcome: AuditEntry | undefined,
      following?: { readonly n: number; readonly intent: AuditEntry },
    ): void;
    /** The end of a job with its report, in one transaction. */
    finish(id: string, state: 'finished' | 'cancelled', report: NewOutbox | undefined): void;
  };
  readonly ledger: {
    /** One entry a room and kind: a second one replaces the first. */
    put(entry: Omit<LedgerEntry, 'at'>): void;
    get(kind: LedgerEntry['kind'], roomId: string): LedgerEntry | undefined;
    /** Newest first. */
    list(kind: LedgerEntry['kind']): readonly LedgerEntry[];
    remove(kind: LedgerEntry['kind'], roomId: string): void;
  };
  readonly due: {
    /** A key that is there already gets the new time. */
    add(due: Due): void;
    get(key: string): Due | undefined;
    ready(now: number): readonly Due[];
    /** Epoch ms of the next one. */
    next(): number | undefined;
    done(key: string): void;
  };
  /** Small named values: sync position, bound room, direct rooms, instance id. */
  readonly values: {
    get(name: string): string | undefined;
    set(name: string, value: string): void;
    delete(name: string): void;
  };
  /** Forgets answered events received over 30 days before `now` (epoch ms), and messages sent and plans over for 7 days. */
  prune(now: number): void;
  /** A consistent copy beside the store, readable by its owner only; bytes. */
  backUp(): Promise<{ readonly path: string; readonly bytes: number }>;
  /** True where another process has written since the last time this was asked. */
  changedElsewhere(): boolean;
  /** Folds the write-ahead log into the file. */
  close(): void;
}
