import { kebab } from '../../../core/fields.ts';
import { Problem } from '../../../core/problem.ts';
import { code, joined, say } from '../../../core/text.ts';
import type { ExtraInputs } from '../../extras.ts';
import { envelopeOf } from '../conduwuit-line.ts';
import type { ReadFailure } from '../failure.ts';
import type { Order } from '../order.ts';
import { quoted } from '../quoting.ts';
import { countedLines, eachLine } from '../readers.ts';

/** How a dialect does what few others have; what is not there, it lacks. */
export type ExtraOrders = {
  readonly [Name in keyof ExtraInputs]?: (input: ExtraInputs[Name]) => Order<string>;
};

/** A read whose answer is shown as it came, where it has the form that it has to have. */
export const prints = (
  words: readonly string[],
  args: readonly string[],
  read: Order<string>['read'],
): Order<string> => ({ words, args, writes: false, read });

/** A change; its success says nothing that has to be shown. */
export const does = (
  words: readonly string[],
  args: readonly string[],
  read: Order<unknown>['read'],
): Order<string> => ({
  words,
  args,
  writes: true,
  read: (text) => (read(text) === undefined ? undefined : ''),
});

/** A change whose success says something that is worth showing: how many it was. */
export const counts = (
  words: readonly string[],
  args: readonly string[],
  read: Order<string>['read'],
): Order<string> => ({ words, args, writes: true, read });

/** Any text that is no failure: for dumps in the form of the version, which nobody reads but people. */
export const dump =
  (readFailure: ReadFailure) =>
  (text: string): string | undefined =>
    text !== '' && readFailure(text) === undefined ? text : undefined;

/** The answer itself, where a reader knows it. */
export const itself =
  (read: (text: string) => unknown) =>
  (text: string): string | undefined =>
    read(text) === undefined ? undefined : text;

/** A list that says how many lines it has, each of them in this form: a name in it can add none. */
export const listing = (heading: RegExp, line: RegExp, fenced = true): ((text: string) => string | undefined) =>
  itself((text) => eachLine(countedLines(text, heading, fenced), (one) => (line.test(one) ? one : undefined)));

/** The same, of a homeserver that reports an empty list as an error with these words. */
export const orNone =
  (read: (text: string) => string | undefined, none: string) =>
  (text: string): string | undefined =>
    text.includes(none) && envelopeOf(text) === none ? none : read(text);

export interface Getter {
  /** How many words, at least and at most. */
  readonly takes: readonly [least: number, most: number];
  /** Whether lines stand below it. */
  readonly lines?: true;
  /** Flags of the command here, which have the same names there. At most one of those with a value can be given. */
  readonly flags?: readonly string[];
  /** In place of what reads the others. */
  readonly read?: Order<string>['read'];
  readonly refusals?: readonly RegExp[];
}

/** What may be asked for by name. */
export type Getters = Readonly<Record<string, Getter>>;

/** The order for one of the getters. Throws Problem('usage') for another name, too few or too many words, and flags it has not. */
export function getterOrder(
  category: readonly string[],
  getters: Getters,
  { words, lines, ...flags }: ExtraInputs['debug'],
  read: Order<string>['read'],
): Order<string> {
  const depth = [2, 1].find((length) => Object.hasOwn(getters, words.slice(0, length).join(' ')));
  const name = words.slice(0, depth).join(' ');
  const getter = depth === undefined ? undefined : getters[name];
  if (depth === undefined || getter === undefined)
    throw new Problem(
      'usage',
      words.length === 0
        ? say`${code(category.join(' '))} takes the name of what is asked for.`
        : say`There is no ${code([...category, ...words.slice(0, 2)].join(' '))} that I know.`,
      say`There are: ${joined(Object.keys(getters).map(code), ', ')}.`,
    );
  const args = words.slice(depth);
  const [least, most] = getter.takes;
  if (args.length < least || args.length > most)
    throw new Problem(
      'usage',
      say`${code(name)} takes ${least === most ? `${least}` : `${least} to ${most}`} more words, and there are ${args.length}.`,
    );
  if ((lines !== undefined) !== (getter.lines === true))
    throw new Problem(
      'usage',
      getter.lines === true ? say`${code(name)} takes a block below it.` : say`${code(name)} takes no block.`,
    );
  const { switches, valued } = flagsOf(name, getter.flags ?? [], flags);
  const order = {
    ...prints(
      [...category, ...name.split(' '), ...switches, ...valued.map(([flag]) => flag)],
      [...valued.map(([, value]) => value), ...args],
      getter.read ?? read,
    ),
    ...(getter.refusals === undefined ? {} : { refusals: getter.refusals }),
  };
  return lines === undefined ? order : { ...order, block: linesOf(lines) };
}

/** What was given of the flags: those alone, and the one with a value, which comes last so that the value is a word of its own. */
function flagsOf(name: string, known: readonly string[], flags: Readonly<Record<string, unknown>>) {
  const switches: string[] = [];
  const valued: [flag: string, value: string][] = [];
  for (const [field, value] of Object.entries(flags)) {
    if (value === undefined || value === false) continue;
    const flag = `--${kebab(field)}`;
    if (!known.includes(field)) throw new Problem('usage', say`${code(name)} takes no ${code(flag)}.`);
    if (value === true) switches.push(flag);
    else valued.push([flag, String(value)]);
  }
  if (valued.length > 1)
    throw new Problem('usage', say`${joined(valued.map(([flag]) => code(flag)))} exclude each other.`);
  return { switches, valued };
}

/** As a block has them: homeservers leave out the empty ones. */
export const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');

/** A flag and its value in one word, where words end at white space; throws Problem('rejected') for what that cannot hold. */
export const valued = (flag: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [`${flag}=${quoted(value, 'none')}`];

/** JSON and nothing else, with a signature in it. */
export function readSigned(text: string): string | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && 'signatures' in read ? text : undefined;
  } catch {
    return undefined;
  }
}
