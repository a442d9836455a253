import yargsParser from 'yargs-parser';
import type { Declaration } from './declaration.ts';
import { fieldsOf, kebab } from './fields.ts';
import { type Flag, flagsOf } from './flags.ts';
import { nearest } from './nearest.ts';
import { Problem } from './problem.ts';
import { clipped } from './shown.ts';
import { code, counted, joined, say, type Text } from './text.ts';
import { usage } from './usage.ts';
import { type Split, type Word, withoutOuterQuotes } from './words.ts';

/** A value as it stood on the line: as understood, and as a secret would be typed. */
export interface Typed {
  readonly text: string;
  readonly asTyped: string;
}

/** A command line taken apart, nothing read yet. */
export interface Parsed {
  /** By field, one entry for each time it was given; a flag that is just there has an empty one. */
  readonly values: ReadonlyMap<string, readonly (readonly Typed[])[]>;
  readonly output: string | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly skipInvalid: boolean;
  readonly help: boolean;
}

/** The line after the prefix, and its words without those that named the command. */
export interface Line {
  readonly line: string;
  readonly words: readonly Word[];
  readonly unclosed: Split['unclosed'];
}

/** More than anybody types; the parser takes seconds for thousands. */
const mostFlags = 100;

// DESIGN.md, "One command, one file": the parser's defaults turn 1e5 into 100000 and `--no-x` into a negation.
const configuration: Partial<yargsParser.Configuration> = {
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'boolean-negation': false,
  'dot-notation': false,
  'camel-case-expansion': false,
  'duplicate-arguments-array': false,
  'greedy-arrays': false,
  'populate--': true,
};

/** Takes a line apart by a command's declaration. Throws Problem('usage'), in which no secret is repeated. */
export function parse(command: Declaration, { line, words: all, unclosed }: Line, prefix: string): Parsed {
  const fail = (text: Text, hint?: Text): Problem =>
    new Problem('usage', text, hint ?? say`Usage: ${code(usage(command, prefix))}`);
  const flags = flagsOf(command);
  const secretive = [...fieldsOf(command.input).values()].some((field) => field.kind === 'secret');
  const positionals = (command.positionals ?? []).filter((name) => name !== command.rest);

  const front = command.rest === undefined ? undefined : frontOf(line, all, unclosed, flags, positionals.length);
  if (unclosed && front?.restAt === undefined) throw fail(unclosedQuote(line, unclosed.at, secretive));
  const words = front?.words ?? all;

  if (asksHelp(words, flags, line))
    return { values: new Map(), output: undefined, dryRun: false, yes: false, skipInvalid: false, help: true };
  const reader = new Occurrences(command, flags, secretive, fail);
  const tokens: string[] = [];
  let flagsEnded = false;
  words.forEach((word, at) => {
    if (!flagsEnded && isEnd(word, line)) {
      flagsEnded = true;
      tokens.push('--');
    } else if (!flagsEnded && word.flag !== undefined) tokens.push(...reader.read(word, word.flag, at));
    else tokens.push(reader.value({ text: word.text, asTyped: word.asTyped }));
  });
  const places = reader.associate(tokens);
  const values = reader.byField();
  const rest = front?.restAt === undefined ? '' : withoutOuterQuotes(line.slice(front.restAt));
  if (command.rest !== undefined && rest !== '') values.set(command.rest, [[{ text: rest, asTyped: rest }]]);
  place(command, positionals, places, values, secretive, fail);
  return reader.options(values);
}

/** Says where a quote begins that never ends; of a line that may hold a secret it repeats nothing. */
export function unclosedQuote(line: string, at: number, secretive: boolean): Text {
  const before = line.slice(Math.max(0, at - 30), at).trim();
  const where = secretive || before === '' ? say`` : say`, after ${code(`${at > 30 ? '…' : ''}${before}`)},`;
  return say`The quote ${code(line.charAt(at))} at character ${at + 1} of the command${where} is never closed. Put a backslash before a quote that is part of a word.`;
}

/** Of a command that takes the rest of the line: the words before it, and where it begins. */
function frontOf(
  line: string,
  words: readonly Word[],
  unclosed: Split['unclosed'],
  flags: readonly Flag[],
  positionals: number,
): { readonly words: readonly Word[]; readonly restAt: number | undefined } {
  let at = 0;
  let taken = 0;
  let flagsEnded = false;
  for (let word = words[at]; word !== undefined; word = words[at]) {
    const flag = word.flag === undefined || flagsEnded ? undefined : find(flags, word.flag);
    const typedAsFlag = word.flag !== undefined && word.text.startsWith('-');
    if (isEnd(word, line) && !flagsEnded) flagsEnded = true;
    else if (flag) at += /=/.test(word.flag ?? '') || isCluster(word.flag ?? '') ? 0 : flag.arity;
    // A dash that a phone or a writer made is text, unless it makes a known flag.
    else if (!(typedAsFlag && !flagsEnded)) {
      if (taken === positionals) break;
      taken += 1;
    }
    at += 1;
  }
  const restAt = words[at]?.start ?? (taken === positionals ? unclosed?.wordStart : undefined);
  return { words: words.slice(0, at), restAt };
}

/** Help is given whatever else is wrong with the line. */
function asksHelp(words: readonly Word[], flags: readonly Flag[], line: string): boolean {
  const end = words.findIndex((word) => isEnd(word, line));
  return words.slice(0, end === -1 ? undefined : end).some((word) => {
    const flag = word.flag !== undefined && /^-(-help|.)$/iu.test(word.flag) ? find(flags, word.flag) : undefined;
    return flag?.common === true && flag.field === 'help';
  });
}

/** `--`, unquoted: no flags from here on. */
function isEnd(word: Word, line: string): boolean {
  return line.slice(word.start, word.end) === '--';
}

function isCluster(flag: string): boolean {
  return /^-[^-]./u.test(flag);
}

function find(flags: readonly Flag[], word: string): Flag | undefined {
  const long = /^--([^=]+)/u.exec(word)?.[1];
  if (long !== undefined) {
    const name = long.toLowerCase().replaceAll('_', '-');
    return flags.find((flag) => flag.longs.includes(name));
  }
  return flags.find((flag) => flag.shorts.includes(word.charAt(1)));
}

/** Fills the positionals in order; what is missing or left over is an error. */
function place(
  command: Declaration,
  positionals: readonly string[],
  places: readonly Typed[],
  values: Map<string, readonly (readonly Typed[])[]>,
  secretive: boolean,
  fail: (text: Text) => Problem,
): void {
  const fields = fieldsOf(command.input);
  let next = 0;
  for (const name of positionals) {
    if (next >= places.length) break;
    if (values.has(name)) throw fail(say`${code(kebab(name))} is given twice, as an argument and as a flag.`);
    const taken = fields.get(name)?.list ? places.slice(next) : places.slice(next, next + 1);
    values.set(
      name,
      taken.map((typed) => [typed]),
    );
    next += taken.length;
  }
  const left = places.slice(next);
  if (left.length === 0) return;
  throw fail(
    secretive
      ? say`There ${left.length === 1 ? 'is' : 'are'} ${counted(left.length, 'word')} too many. Put quotes around a value with spaces.`
      : say`There is no place for ${joined(left.slice(0, 5).map((typed) => clipped(typed.text)))}${left.length > 5 ? ' and more' : ''}.`,
  );
}

/**
 * The flags of one line. What goes through yargs-parser is the line's skeleton, each flag and each value under a number
 * of its own, so that it can neither convert a value, nor strip its quotes, nor merge two flags of a name.
 */
class Occurrences {
  readonly #command: Declaration;
  readonly #flags: readonly Flag[];
  readonly #secretive: boolean;
  readonly #fail: (text: Text, hint?: Text) => Problem;
  readonly #found: {
    readonly flag: Flag;
    readonly shown: string;
    readonly inline: Typed | undefined;
    typed: readonly Typed[];
  }[] = [];
  readonly #values: Typed[] = [];

  constructor(
    command: Declaration,
    flags: readonly Flag[],
    secretive: boolean,
    fail: (text: Text, hint?: Text) => Problem,
  ) {
    this.#command = command;
    this.#flags = flags;
    this.#secretive = secretive;
    this.#fail = fail;
  }

  /** A word that is no flag; returns its token. */
  value(typed: Typed): string {
    return `v${this.#values.push(typed) - 1}`;
  }

  /** A word that is one flag or a cluster of short ones; returns their tokens. */
  read(word: Word, typed: string, at: number): readonly string[] {
    if (typed.startsWith('--')) {
      const flag = find(this.#flags, typed);
      const [name = ''] = typed.split('=', 1);
      if (!flag) throw this.#unknown(name, at);
      const inline = typed.includes('=')
        ? { text: typed.slice(name.length + 1), asTyped: word.asTyped.slice(word.asTyped.indexOf('=') + 1) }
        : undefined;
      return this.#token(flag, name, inline);
    }
    const tokens: string[] = [];
    for (let letter = 1; letter < typed.length; letter += 1) {
      const shown = `-${typed.charAt(letter)}`;
      const flag = find(this.#flags, shown);
      if (!flag) throw this.#unknown(shown, at);
      const behind = typed.slice(letter + 1);
      if (flag.arity === 0) {
        tokens.push(...this.#token(flag, shown, undefined));
        continue;
      }
      if (behind.startsWith('=') && flag.secret)
        throw this.#fail(say`Leave a space between ${code(shown)} and its value.`);
      const skip = behind.startsWith('=') ? 1 : 0;
      const inline = { text: behind.slice(skip), asTyped: word.asTyped.slice(letter + 1 + skip) };
      tokens.push(...this.#token(flag, shown, behind === '' ? undefined : inline));
      break;
    }
    return tokens;
  }

  has(field: string): boolean {
    return this.#found.some(({ flag }) => flag.common && flag.field === field);
  }

  /** Gives the flags their values; returns the words that are nobody's. */
  associate(tokens: readonly string[]): readonly Typed[] {
    const numbered = this.#found.map((one, at) => ({ ...one, name: `f${at}` }));
    const withValue = numbered.filter(({ flag, inline }) => flag.arity > 0 && inline === undefined);
    const { argv } = yargsParser.detailed([...tokens], {
      configuration,
      string: withValue.map(({ name }) => name),
      boolean: numbered.filter((one) => !withValue.includes(one)).map(({ name }) => name),
      narg: Object.fromEntries(withValue.map(({ name, flag }) => [name, flag.arity])),
    });
    withValue.forEach(({ name, flag, shown }) => {
      const held = [argv[name]].flat().filter((token) => typeof token === 'string' && token !== '') as string[];
      if (held.length !== flag.arity)
        throw this.#fail(say`${code(shown)} needs ${flag.arity === 1 ? 'a value' : `${flag.arity} values`} behind it.`);
      const one = this.#found[Number(name.slice(1))];
      if (one) one.typed = held.flatMap((token) => this.#typed(token));
    });
    return [...argv._, ...((argv['--'] as string[] | undefined) ?? [])].flatMap((token) => this.#typed(String(token)));
  }

  byField(): Map<string, readonly (readonly Typed[])[]> {
    const values = new Map<string, readonly (readonly Typed[])[]>();
    for (const { flag, typed } of this.#found)
      if (!flag.common) values.set(flag.field, [...(values.get(flag.field) ?? []), typed]);
    return values;
  }

  options(values: Parsed['values']): Parsed {
    const output = this.#found.find(({ flag }) => flag.common && flag.field === 'output')?.typed[0]?.text;
    return {
      values,
      output,
      dryRun: this.has('dryRun'),
      yes: this.has('yes'),
      skipInvalid: this.has('skipInvalid'),
      help: false,
    };
  }

  #typed(token: string): Typed[] {
    const typed = this.#values[Number(token.slice(1))];
    return typed ? [typed] : [];
  }

  #token(flag: Flag, shown: string, inline: Typed | undefined): readonly string[] {
    if (
      !flag.repeatable &&
      this.#found.some((other) => other.flag.field === flag.field && other.flag.common === flag.common)
    )
      throw this.#fail(say`${code(shown)} is given more than once.`);
    if (inline !== undefined && flag.arity === 0) throw this.#fail(say`${code(shown)} takes no value.`);
    if (inline !== undefined && flag.arity > 1)
      throw this.#fail(say`${code(shown)} takes ${flag.arity} values, with spaces before them.`);
    if (this.#found.length === mostFlags) throw this.#fail(say`There are more than ${mostFlags} flags.`);
    const at = this.#found.push({ flag, shown, inline, typed: inline === undefined ? [] : [inline] }) - 1;
    return [`--f${at}`];
  }

  #unknown(shown: string, at: number): Problem {
    const names = this.#flags.flatMap((flag) => flag.longs.map((name) => `--${name}`));
    const near = shown.startsWith('--') ? nearest(shown, names) : [];
    const meant = near.length === 0 ? say`` : say` Did you mean ${joined(near.map(code), ' or ')}?`;
    // It may be a secret that begins with dashes, so only what looks like a flag is repeated.
    const masked = this.#secretive && near.length === 0 && !/^-(-[a-z]+)+$|^-[a-zA-Z]$/u.test(shown);
    const what = masked ? say`Word ${at + 1} after the command begins with a dash and` : clipped(shown);
    const secret = masked ? say` A password that begins with a dash stands in quotes.` : say``;
    return this.#fail(say`${what} is no flag of ${code(this.#command.path)}.${meant}${secret}`);
  }
}
