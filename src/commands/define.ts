import type { z } from 'zod';
import type { Json } from '../core/json.ts';
import { once } from '../core/once.ts';
import type { Reply, Secret } from '../core/reply.ts';
import type { Text } from '../core/text.ts';
import type { Nouns } from '../homeserver/homeserver.ts';
import type { Asker, Role } from './asker.ts';
import type { Local } from './local.ts';

/** read: changes nothing · write: runs at once · confirm: shows a plan, waits for a yes · typed: waits for the target's name. */
export type Danger = 'read' | 'write' | 'confirm' | 'typed';
const dangers: readonly Danger[] = ['read', 'write', 'confirm', 'typed'];

/** Everything a command may ask for: the homeserver's nouns, and the bot's own. */
export type Capabilities = Nouns & Local;

/** What a confirm or typed command would do, as shown; `frozen` is all that `run` gets besides its input. */
export interface Plan<Frozen> {
  /** "Deactivate @alice:example.org." */
  readonly title: Text;
  /** What it acts on; the first ones are shown, all of them in an attachment. `note`: what stands out. */
  readonly targets: readonly { readonly id: string; readonly note?: Text }[];
  /** What cannot be undone, what others will see. */
  readonly cautions: readonly Text[];
  /** The reversible way, where there is one. */
  readonly instead?: Text;
  /** Left out, with the reason: the bot, admins, unknown users. */
  readonly skipped?: readonly { readonly id: string; readonly why: Text }[];
  /** For `typed`: any of these, typed exactly, confirms. */
  readonly words?: readonly string[];
  readonly frozen: Frozen;
}

/** One thing a job does; `data` is stored, so it holds no secret. */
export interface Item {
  readonly target: string;
  readonly data?: Json;
}

export interface ItemResult {
  readonly state: 'done' | 'skipped' | 'failed' | 'unknown';
  /** Why it was skipped or failed, or what came of it; plain words, no secret. Of what is done, shown in short jobs. */
  readonly note?: string;
  /** Before and after, for the audit trail; never a secret. */
  readonly change?: Reply['change'];
}

/** What a step has besides its input: for work that the homeserver goes on with by itself, and has to be followed. */
export interface Step<Seen = unknown> {
  /** What `look` finds: begun before the step, and anew each time that it is asked for again. */
  seen(): Promise<Seen>;
  /** When the job was asked for, in epoch ms by the homeserver's clock. */
  readonly since: number;
  /** What an earlier try at this item kept, also before a restart of the bot. */
  readonly kept: Json | undefined;
  /** Stored with the item at once; never a secret. */
  keep(data: Json): void;
  /** How far it is, for the job's message: "120 of 501 members removed". Plain words. */
  says(text: string): void;
  /** Resolves after so many milliseconds; rejects when the bot stops, and the item is taken up again at its start. */
  wait(ms: number): Promise<void>;
  /** True once the job was cancelled: a step that only follows the server's work may end. */
  cancelled(): boolean;
}

/** How many steps of a kind run at once is the operator's to say (`jobs` in the configuration). */
export type Pace = 'hashing' | 'join' | 'deactivate' | 'purge' | 'other';

/** Reading tells whether a write that got no answer was carried out. */
export type Settled = 'done' | 'not done' | 'unknown';

/** The long way of a command: `run` returns the items, the job's worker does the steps, one item after the other. */
export interface JobDefinition<Input, Caps, Seen = unknown> {
  readonly pace: Pace;
  /**
   * What a step reads before it changes anything. Asked for while the item before it is still being written down, so
   * that the homeserver does not wait for the disk.
   */
  look?(item: Item, input: Input, caps: Caps): Promise<Seen>;
  /**
   * Does one item. A call for which the server gave no answer is thrown as it is (`unavailable`, `unknown-outcome`):
   * the worker waits and tries again, or settles it.
   */
  step(item: Item, input: Input, caps: Caps, asker: Asker, step: Step<Seen>): Promise<ItemResult>;
  /**
   * After a crash or an unanswered call in the middle of a step; without it the step is simply done again.
   * `since`: when the job was asked for, in epoch ms by the homeserver's clock.
   */
  settle?(item: Item, input: Input, caps: Caps, since: number): Promise<Settled>;
  /**
   * A second half, for `size` stepped items at a time: makes each one's secret, and all are handed out as one message.
   * It may run again with new secrets until that message has arrived. Undefined: this item has none to hand out.
   */
  readonly handOut?: {
    readonly size: number;
    /** "password" */
    readonly what: string;
    make(item: Item, input: Input, caps: Caps): Promise<Secret | undefined>;
  };
  /** How an item stands in the list that the command takes, where that is more than its target. */
  line?(item: Item): string;
  /**
   * When no more steps are taken, however that came, and before the report: puts away what the steps shared. Given one
   * of the items; says what it could not do. It may run again, and is not run at all where a crash was the end.
   */
  close?(item: Item, input: Input, caps: Caps): Promise<Text | undefined>;
}

/** What `run` gives back: an answer, or the items of a job. */
export type Result = Reply | { readonly job: { readonly items: readonly Item[]; readonly heading: Text } };

/** The body a command takes: one item a line, checked as `item` is; CSV records; or free text. */
export type Body =
  | { readonly kind: 'list'; readonly into: string; readonly required: boolean }
  | { readonly kind: 'csv'; readonly into: string; readonly columns: readonly string[]; readonly required: boolean }
  | { readonly kind: 'text'; readonly into: string; readonly required: boolean };

type Awaitable<T> = T | Promise<T>;

/**
 * A command is data plus one function. Parsing, help, usage lines, the reference page, the plan's prompt and
 * the table-driven tests are all read from it.
 */
interface CommandBesidesInput<Shape extends z.ZodObject, Needs extends keyof Capabilities, Frozen extends Json> {
  /** "user create-user" */
  readonly path: string;
  readonly aliases?: readonly string[];
  /** Names that work right behind the prefix. */
  readonly flat?: readonly string[];
  /** One sentence. */
  readonly summary: string;
  /** What one must know before using it (COMMANDS.md, "What help and plans must say"). */
  readonly cautions?: readonly string[];
  readonly positionals?: readonly (keyof z.output<Shape> & string)[];
  /** The rest of the line as typed goes into this field. */
  readonly rest?: keyof z.output<Shape> & string;
  readonly body?: Body;
  /** Single letters for flags: `{ n: 'leaveRooms' }`; a long flag's name is its field in kebab-case. */
  readonly short?: Readonly<Record<string, keyof z.output<Shape> & string>>;
  /** Further long names: `{ 'gdpr-erase': 'erase' }`. */
  readonly long?: Readonly<Record<string, keyof z.output<Shape> & string>>;
  readonly examples: readonly (readonly [title: string, line: string])[];

  readonly danger: Danger;
  /** A higher class in this case: a flag, or a target that is an admin. */
  raise?(input: z.output<Shape>, caps: Pick<Capabilities, Needs>): Awaitable<Danger | undefined>;
  readonly role: Role;
  /** True where this input gives power, which only owners may. */
  ownerOnly?(input: z.output<Shape>): boolean;
  /** Accounts from which it takes something: below owner, no admin's and no listed user's. */
  takesFrom?(input: z.output<Shape>): readonly string[];
  readonly needs: readonly Needs[];
  /** Recorded in the audit trail even where it only reads. */
  readonly audited?: true;
  /** Answers without the homeserver, and so in its own lane. */
  readonly local?: true;
  /** True where it will hand out a secret; the direct room is made ready before the act. */
  makesSecret?(input: z.output<Shape>): boolean;

  /** For confirm and typed (and writes that may be raised): reads the server, changes nothing. */
  plan?(input: z.output<Shape>, caps: Pick<Capabilities, Needs>, asker: Asker): Promise<Plan<Frozen>>;
  run(
    input: z.output<Shape>,
    caps: Pick<Capabilities, Needs>,
    asker: Asker,
    frozen: Frozen | undefined,
  ): Promise<Result>;
  readonly job?: JobDefinition<z.output<Shape>, Pick<Capabilities, Needs>>;

  /** It sets a state, so it may simply run again. */
  readonly again?: 'safe';
  /** Otherwise: by reading, was it carried out since it was asked for (epoch ms by the homeserver's clock)? */
  settle?(input: z.output<Shape>, caps: Pick<Capabilities, Needs>, since: number, asker: Asker): Promise<Settled>;
  /**
   * For what is settled as done without an answer: does the rest of it, each part of which may be done twice, and says
   * so. `secretLost`: its secret never arrived, so another one is made.
   */
  complete?(input: z.output<Shape>, caps: Pick<Capabilities, Needs>, asker: Asker, secretLost: boolean): Promise<Reply>;
}

/** As it stands in its file. */
export interface Command<Shape extends z.ZodObject, Needs extends keyof Capabilities, Frozen extends Json>
  extends CommandBesidesInput<Shape, Needs, Frozen> {
  /**
   * Fields made of `core/fields.ts`; what is no positional, rest or body is a flag. They are made when they are first
   * asked for: a process on the command line needs those of one command.
   */
  readonly input: () => Shape;
}

/** What the table holds: the same without its types, which `command` has checked. */
export interface AnyCommand extends CommandBesidesInput<z.ZodObject, keyof Capabilities, Json> {
  readonly input: z.ZodObject;
}

/** Declares a command. Its file's folder and name are its path. */
export function command<Shape extends z.ZodObject, Needs extends keyof Capabilities, Frozen extends Json = null>(
  declaration: Command<Shape, Needs, Frozen>,
): AnyCommand {
  const input = { get: once(declaration.input), enumerable: true };
  return Object.defineProperty({ ...declaration } as unknown as AnyCommand, 'input', input);
}

/** The higher of two classes. */
export function graver(one: Danger, other: Danger | undefined): Danger {
  return other !== undefined && dangers.indexOf(other) > dangers.indexOf(one) ? other : one;
}
