import type { Json } from '../core/json.ts';
import type { NamespaceKind, Registration } from '../core/registration.ts';
import type { Text } from '../core/text.ts';

/** One top-level key of the configuration in force. */
export interface ConfigOption {
  readonly key: string;
  /** Every secret in it is masked. */
  readonly value: unknown;
  /** The last file that sets it. */
  readonly file: string;
}

/** The configuration as the homeserver would read it now. */
export interface HostConfig {
  readonly options: readonly ConfigOption[];
  readonly files: readonly string[];
  readonly dropIn: string | undefined;
  /** Of the bot's own file, as it was read: a change is refused when the file is another one since. */
  readonly fingerprint: string;
  /** Keys that a file behind the bot's own sets, so that what the bot writes has no effect, with that file. */
  readonly later: ReadonlyMap<string, string>;
}

/** What speaks against starting the homeserver with its files as they are. */
export interface HostCheck {
  readonly faults: readonly Text[];
  /** What could not be looked at, and why. */
  readonly notes: readonly Text[];
}

/** How a restart ended; it is kept, so that it can be told after a restart of the bot too. Times in milliseconds. */
export type Restarted =
  | { readonly state: 'back'; readonly ms: number }
  /** The command ended well, but the homeserver never stopped answering. */
  | { readonly state: 'not seen'; readonly ms: number }
  /** The command failed, and the homeserver runs as before. */
  | { readonly state: 'not begun'; readonly why: string; readonly undone: readonly string[] }
  /** It did not come up with the new files; they were put back, and it runs. */
  | { readonly state: 'rolled back'; readonly ms: number; readonly why: string; readonly undone: readonly string[] }
  /** It does not answer. */
  | { readonly state: 'away'; readonly ms: number; readonly why: string; readonly undone: readonly string[] }
  | { readonly state: 'stopped'; readonly ms: number };

/** Top-level keys for the bot's own file; null takes one out of it. */
export type OptionChange = Readonly<Record<string, Json>>;

export interface Appservice {
  readonly id: string;
  readonly file: string;
  /** Its file is the one that the bot would write for it. */
  readonly ours: boolean;
  /** Tokens masked. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly url: string | null;
  readonly senderLocalpart: string;
  readonly namespaces: Readonly<Record<NamespaceKind, number>>;
}

export interface Appservices {
  readonly registered: readonly Appservice[];
  /** Files that are listed but cannot be read or used. */
  readonly unread: readonly { readonly file: string; readonly why: string }[];
}

export interface CacheSize {
  readonly name: string;
  readonly entries: number;
  readonly most: number | undefined;
}

/** What the metrics listener tells; `undefined`: it does not say. */
export interface HostMetrics {
  /** Bytes. */
  readonly resident: number | undefined;
  readonly virtual: number | undefined;
  /** Seconds of processor time since the start. */
  readonly cpuSeconds: number | undefined;
  /** Epoch ms. */
  readonly startedAt: number | undefined;
  readonly openFiles: number | undefined;
  readonly caches: readonly CacheSize[];
}

export interface CachesCleared {
  readonly before: HostMetrics | undefined;
  readonly after: HostMetrics | undefined;
  /** False where the metrics show that nothing came of it. */
  readonly effective: boolean | undefined;
}

/**
 * What no API of the homeserver reaches: its files and the commands that the operator named under `host`. Every method
 * throws Problem('unsupported'), naming the key to set, where that is not there.
 */
export interface Host {
  config(): Promise<HostConfig>;
  /** Reads the files, and asks the homeserver's own check where there is one. */
  check(): Promise<HostCheck>;
  /** Throws Problem where the bot's own file could not be changed so, and says why; changes nothing. */
  mayChange(keys: readonly string[]): Promise<void>;
  /** Writes the bot's own file, checks the whole, and puts it back where it would not do. In force after a restart. */
  change(change: OptionChange, seen: string, source: string): Promise<void>;
  /** Runs the restart command and waits for health; with `change`, what was written is put back if that fails. */
  restart(source: string, change?: { readonly options: OptionChange; readonly seen: string }): Promise<Restarted>;
  /** What came of the restart or stop that was begun for this event, by this process or an earlier one. */
  outcomeOf(source: string): Restarted | undefined;
  /** What was written and has not been in force in a healthy server yet: "enable_registration in /etc/…". */
  pending(): readonly string[];
  reload(): Promise<void>;
  stop(source: string): Promise<Restarted>;
  /** Lowers the caches by so many per cent and raises them again. */
  clearCaches(percent: number, source: string): Promise<CachesCleared>;
  metrics(): Promise<HostMetrics>;
  appservices(): Promise<Appservices>;
  /** Why this registration cannot stand beside those already there; nothing where it can. `replacing` is left out of the comparison. */
  clashes(registration: Registration, replacing: string | undefined): Promise<readonly Text[]>;
  /** Of the bot's own file and the one for this registration, as they are now: a change is refused when they differ. */
  fingerprintOf(id: string): string;
  /** Writes the registration and lists it beside those already there. In force after a restart. */
  register(id: string, yaml: string, seen: string, source: string): Promise<{ readonly file: string }>;
  /** Takes it out of the list, and keeps its file aside. */
  unregister(id: string, seen: string, source: string): Promise<{ readonly keptAs: string }>;
}
