import type { Catalog } from '../core/declaration.ts';
import type { Json } from '../core/json.ts';
import type { Text } from '../core/text.ts';
import type { OwnPlace } from '../homeserver/own-rooms.ts';
import type { AuditFilter, AuditRecord, AuditVerdict, JobRow, LedgerEntry } from '../store/store.ts';
import type { Asker } from './asker.ts';

/** When the cancellation of a job takes effect. `over`: it had ended. `away`: the homeserver gives no answer, and is not waited for. */
export type Cancelled = 'over' | 'before its turn' | 'away' | 'after the item';

export interface ItemSummary {
  readonly target: string;
  readonly state: string;
  readonly note: string | undefined;
}

/** One thing that the doctor looked at. */
export interface Finding {
  /** "Clock" */
  readonly what: string;
  readonly state: 'well' | 'warning' | 'fault';
  readonly words: Text;
  /** What to do about it. */
  readonly hint?: Text;
}

/** The bot's own nouns: what commands may ask for that is not the homeserver's. */
export interface Local {
  /** What the homeserver's software is called: "Synapse". */
  readonly backend: string;
  /** The table of all commands, for help. */
  readonly catalog: Catalog;
  readonly adminRoom: {
    readonly roomId: string;
    readonly botId: string;
    /** Where people log in. */
    readonly clientUrl: string;
    members(): Promise<ReadonlySet<string>>;
    /** False where the bot may not. */
    invite(userId: string): Promise<boolean>;
    remove(userId: string, reason: string): Promise<boolean>;
    /** A new message, plain text, that mentions the room, so that it notifies. */
    announce(text: string, asker: Asker): Promise<void>;
    /** Says before a long act what is about to happen; nothing depends on whether it arrives. */
    promise(words: Text, asker: Asker): Promise<void>;
  };
  readonly jobs: {
    list(): readonly JobRow[];
    get(id: string): JobRow | undefined;
    cancel(id: string): Cancelled;
    /** Throws Problem where this job cannot be gone on with, or not by this person; otherwise what is left of it. */
    left(id: string, asker: Asker): Promise<readonly ItemSummary[]>;
    /** Goes on with a cancelled job, as the job of whoever asks; checked again as by `left`. */
    resume(id: string, asker: Asker): Promise<void>;
    /** The items that were left out, failed, or may have been done. */
    undone(id: string): readonly ItemSummary[];
  };
  readonly plans: {
    /** Why not, in a Problem. */
    cancel(code: string, asker: Asker): void;
  };
  readonly audit: {
    list(filter: AuditFilter): readonly AuditRecord[];
    count(filter?: AuditFilter): number;
    get(seq: number): AuditRecord | undefined;
    /** Reads the whole trail, and compares it with what the bot's answers in the room say of it. */
    verify(): Promise<AuditVerdict & { readonly anchors: number; readonly anchoredTo: number }>;
  };
  readonly status: () => {
    readonly version: string;
    readonly startedAt: number;
    readonly sync: 'starting' | 'well' | { readonly lostSince: number };
    readonly waiting: number;
    readonly openPlans: number;
    readonly runningJobs: number;
    readonly auditRecords: number;
    /** Messages that fell through the gate, by reason. */
    readonly ignored: Readonly<Record<string, number>>;
    readonly databaseBytes: number;
  };
  /** Rooms that were banned, or cut off from federation, by the bot: the homeserver keeps no list of them. */
  readonly ledger: {
    /** One entry a room and kind, over restarts; a second one replaces the first. */
    put(kind: LedgerEntry['kind'], roomId: string, detail: Json, asker: Asker): void;
    get(kind: LedgerEntry['kind'], roomId: string): LedgerEntry | undefined;
    /** Newest first. */
    list(kind: LedgerEntry['kind']): readonly LedgerEntry[];
    remove(kind: LedgerEntry['kind'], roomId: string): void;
  };
  /** For a write that takes two calls: what puts things right, also after a crash, should it be cut short between them. */
  readonly wayBack: {
    /** Some minutes from now the alias is pointed at this room again, if it leads nowhere then. */
    keepAlias(alias: string, roomId: string): void;
    /** The room kept for an alias. */
    ofAlias(alias: string): string | undefined;
    forgetAlias(alias: string): void;
    /** Some minutes from now the bot goes back to where it stood in this room; a second time prolongs that. */
    keepRoom(roomId: string, before: OwnPlace): void;
    /** Where the bot stood in a room that it is to go back in. */
    ofRoom(roomId: string): OwnPlace | undefined;
    forgetRoom(roomId: string): void;
  };
  readonly reminders: {
    /** Once registration is open: closes it again after so many milliseconds, or else reminds every day. Undefined: it is not. */
    ofRegistration(open: { readonly closeInMs: number | undefined } | undefined, asker: Asker): void;
  };
  /** Listed in the configuration or a server admin: nobody below owner takes anything from these. */
  readonly isProtected: (userId: string) => Promise<boolean>;
  /**
   * A secret of 86 characters (A-Z a-z 0-9 - _) that nobody can guess, the same one for the same command and number:
   * what was made before a stop is found again, and nothing of it is stored.
   */
  readonly derived: (source: string, n: number) => string;
  /** Looks at all that the bot depends on. */
  readonly doctor: () => Promise<readonly Finding[]>;
  /** bot.config.json with its defaults; holds no secret. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** A consistent copy of the store beside it; bytes. */
  readonly backup: () => Promise<{ readonly path: string; readonly bytes: number }>;
  readonly clock: () => number;
}
