import { addressed, type Me } from './addressed.ts';
import { type BadLine, onlyNames } from './body.ts';
import type { Catalog, Declaration } from './declaration.ts';
import { type Fenced, fencedBlock } from './fence.ts';
import { type Parsed, parse, unclosedQuote } from './parse.ts';
import { withPills } from './pills.ts';
import { Problem } from './problem.ts';
import { normalized, resolve, UnknownCommand } from './resolve.ts';
import { secretFields, secretsTyped } from './secret-fields.ts';
import { clipped } from './shown.ts';
import { code, joined, say } from './text.ts';
import { usage } from './usage.ts';
import { validate } from './validate.ts';
import { splitWords, type Word } from './words.ts';

/** A command that was understood whole: it fits the grammar and its declaration. */
export interface ReadCommand<C extends Declaration> {
  readonly command: C;
  /** What the command's schema gives: `z.output` of it. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly options: {
    readonly output: string | undefined;
    readonly dryRun: boolean;
    readonly yes: boolean;
    readonly skipInvalid: boolean;
  };
  /** Lines of the body that repeated an earlier one, and those left out by `--skip-invalid`. */
  readonly duplicates: number;
  readonly skipped: readonly BadLine[];
  /** The fields in which a secret was typed. */
  readonly secretFields: readonly string[];
  /** The command line as read: without the prefix, links replaced by their ids. */
  readonly line: string;
}

/** A message that speaks to the bot and cannot be carried out. */
export class Unread extends Problem {
  readonly command: Declaration | undefined;
  /** The message may hold a typed secret, so it is redacted though it was not understood. */
  readonly heldSecret: boolean;

  constructor(problem: Problem, command: Declaration | undefined, heldSecret: boolean) {
    super(problem.code, problem.text, problem.hint);
    this.command = command;
    this.heldSecret = heldSecret;
  }
}

const roomFormats = ['human', 'json', 'csv'] as const;

/** Reads the content of a room message; `undefined` where it is not for the bot. Throws {@link Unread}. */
export function readCommand<C extends Declaration>(
  content: Readonly<Record<string, unknown>>,
  me: Me,
  catalog: Catalog<C>,
): ReadCommand<C> | undefined {
  const message = addressed(content, me);
  if (message.kind === 'no') return undefined;
  const { line, body, mentioned } = message;
  let text: string;
  try {
    text = withPills(body === undefined ? line : `${line}\n${body}`, content, me, mentioned);
  } catch (error) {
    throw unread(error, line, body, catalog);
  }
  const end = text.indexOf('\n');
  return end === -1
    ? readLine(text, undefined, me, catalog)
    : readLine(text.slice(0, end), text.slice(end + 1), me, catalog);
}

/** Reads a command line without its prefix, and what stands below it. Throws {@link Unread}. */
export function readLine<C extends Declaration>(
  line: string,
  body: string | undefined,
  me: Pick<Me, 'prefix' | 'serverName'>,
  catalog: Catalog<C>,
  formats: readonly string[] = roomFormats,
): ReadCommand<C> {
  try {
    return read(line, body, me, catalog, formats);
  } catch (error) {
    throw unread(error, line, body, catalog);
  }
}

function read<C extends Declaration>(
  line: string,
  body: string | undefined,
  me: Pick<Me, 'prefix' | 'serverName'>,
  catalog: Catalog<C>,
  formats: readonly string[],
): ReadCommand<C> {
  const found = find(line, catalog);
  if (found.kind === 'help') return helpFor(found.topic, found.words, line, me, catalog, formats);
  const { command, words, unclosed } = found;
  const parsed = parse(command, { line, words, unclosed }, me.prefix);
  if (parsed.help) return helpFor(command.path.split(' '), [], line, me, catalog, formats);
  const below = body === undefined || body.trim() === '' ? undefined : body;
  if (below !== undefined && command.body === undefined)
    throw new Problem(
      'usage',
      say`${code(command.path)} takes no block and no text below its line.`,
      say`Usage: ${code(usage(command, me.prefix))}`,
    );
  const block: Fenced | undefined = below === undefined ? undefined : fencedBlock(below);
  const { input, duplicates, skipped } = validate(command, parsed, block, me);
  return {
    command,
    input,
    options: options(parsed, formats),
    duplicates,
    skipped,
    secretFields: secretsTyped(command, input),
    line,
  };
}

type Found<C extends Declaration> =
  | { readonly kind: 'help'; readonly topic: readonly string[]; readonly words: readonly Word[] }
  | {
      readonly kind: 'command';
      readonly command: C;
      /** Without those that name the command. */
      readonly words: readonly Word[];
      readonly unclosed: { readonly at: number; readonly wordStart: number } | undefined;
    };

/** Flags may stand anywhere, so the command's name is the first words that are none. */
function find<C extends Declaration>(line: string, catalog: Catalog<C>): Found<C> {
  const { words, unclosed } = splitWords(line);
  const names = words.filter(
    (word, at) => word.flag === undefined && !/^(-o|--output)$/.test(words[at - 1]?.flag ?? ''),
  );
  let resolved: ReturnType<typeof resolve<C>>;
  try {
    resolved = resolve(
      names.map((word) => word.text),
      catalog,
    );
  } catch (error) {
    // The quote may have swallowed half of the command's name.
    if (unclosed && error instanceof UnknownCommand) throw new Problem('usage', unclosedQuote(line, unclosed.at, true));
    throw error;
  }
  if (resolved.kind === 'help') {
    if (unclosed) throw new Problem('usage', unclosedQuote(line, unclosed.at, true));
    return {
      kind: 'help',
      topic: resolved.topic,
      words: words.filter((word) => !names.includes(word) && !isHelp(word)),
    };
  }
  const { command, used } = resolved;
  const path = names.slice(0, used);
  const rest = words.filter((word) => !path.includes(word));
  const [only] = rest;
  if (
    rest.length === 1 &&
    only &&
    !unclosed &&
    normalized(line.slice(only.start, only.end)) === 'help' &&
    command.path !== 'help'
  )
    return { kind: 'help', topic: command.path.split(' '), words: [] };
  return { kind: 'command', command, words: rest, unclosed };
}

function isHelp(word: Word): boolean {
  return word.flag?.toLowerCase() === '--help' || word.flag === '-h';
}

/** `X --help`, `X help` and a noun alone are read as the command `help X`, which the table must hold. */
function helpFor<C extends Declaration>(
  topic: readonly string[],
  flags: readonly Word[],
  line: string,
  me: Pick<Me, 'prefix' | 'serverName'>,
  catalog: Catalog<C>,
  formats: readonly string[],
): ReadCommand<C> {
  const command = catalog.commands.find((one) => one.path === 'help');
  if (command === undefined) throw new Error('The table of commands has no help');
  const spoken = topic.map((text): Word => ({ text, asTyped: text, flag: undefined, start: 0, end: 0 }));
  const parsed = parse(command, { line, words: [...flags, ...spoken], unclosed: undefined }, me.prefix);
  const { input } = validate(command, parsed, undefined, me);
  return {
    command,
    input,
    options: options(parsed, formats),
    duplicates: 0,
    skipped: [],
    secretFields: [],
    line,
  };
}

function options(parsed: Parsed, formats: readonly string[]): ReadCommand<Declaration>['options'] {
  const { output, dryRun, yes, skipInvalid } = parsed;
  return { output: output === undefined ? undefined : format(output, formats), dryRun, yes, skipInvalid };
}

function format(typed: string, formats: readonly string[]): string {
  const found = formats.filter((name) => typed !== '' && name.startsWith(typed.toLowerCase()));
  const [one] = found;
  if (one === undefined || found.length > 1)
    throw new Problem('usage', say`${clipped(typed)} is no output format; there are ${joined(formats.map(code))}.`);
  return one;
}

/** Says of a message that was not understood whether it may hold a secret; when in doubt, it may. */
function unread(error: unknown, line: string, body: string | undefined, catalog: Catalog): unknown {
  if (!(error instanceof Problem) || error instanceof Unread) return error;
  if (error instanceof UnknownCommand) {
    const words = splitWords(line).words.length - error.tried;
    return new Unread(
      error,
      undefined,
      error.nearest.some((command) => mayHoldSecret(command, words, body)),
    );
  }
  try {
    const found = find(line, catalog);
    if (found.kind === 'help') return new Unread(error, undefined, false);
    const words = found.words.length + (found.unclosed ? 1 : 0);
    return new Unread(error, found.command, mayHoldSecret(found.command, words, body));
  } catch {
    return new Unread(error, undefined, line !== '');
  }
}

/** Whether a secret may be among so many words behind the command's name, or in the body. */
function mayHoldSecret(command: Declaration, words: number, body: string | undefined): boolean {
  const secrets = secretFields(command);
  const place = (command.positionals ?? []).findIndex((name) => secrets.includes(name));
  const inBody = command.body !== undefined && secrets.includes(command.body.into);
  const onLine = secrets.some((name) => name !== command.body?.into);
  return (
    (inBody && body !== undefined && !(command.body?.kind === 'csv' && onlyNames(body))) ||
    (onLine && words > Math.max(0, place))
  );
}
